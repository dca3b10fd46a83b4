"""What a change of access means: who may do more than before, and who less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import by_name, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from mlspec.manifests.manifest import Manifest

    Right: TypeAlias = tuple[str, str, str, str]
    """Group, resource, verb, and the object's name; `*` for all of them."""

_TOKEN = "kubernetes.io/service-account.name"
_CLOUDS = (
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
)


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    words = {
        "Role": _role,
        "RoleBinding": _binding,
        "ServiceAccount": _account,
        "Secret": _token,
    }.get(some.kind)
    if words is not None:
        yield from words(before, after)


# ── roles ─────────────────────────────────────────────────────────────────────────────────────────


def _role(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    had, has = _rights(before), _rights(after)
    paths = (("rules",),)
    if after is None:
        told = _said(had)
        yield Change(risk="changes", text=f"the role is removed: nobody may any more {told}")
        return
    gained, lost = _beyond(has, had), _beyond(had, has)
    name = quoted(after.name)
    if gained:
        text = f"who has the role {name} may now {_said(gained)}"
        if before is None:
            text = f"the role {name} is new: who has it may {_said(gained)}"
        yield Change(risk="widens", text=text, paths=paths)
    elif before is None:
        yield Change(risk="harmless", text="the role is new, and grants nothing")
    if lost:
        text = f"who has the role {name} may no longer {_said(lost)}"
        yield Change(risk="changes", text=text, paths=paths)
    if before is not None and not gained and not lost:
        yield Change(risk="harmless", text="", paths=paths)  # the same rights in other rules


def _rights(manifest: Manifest | None) -> set[Right]:
    found: set[Right] = set()
    for rule in list_at(manifest.body if manifest else {}, "rules"):
        for group in list_at(rule, "apiGroups") or [""]:
            for resource in list_at(rule, "resources"):
                for verb in list_at(rule, "verbs"):
                    for name in list_at(rule, "resourceNames") or ["*"]:
                        found.add((str(group), str(resource), str(verb), str(name)))
    return found


def _beyond(these: set[Right], those: set[Right]) -> set[Right]:
    """What of these rights is not among those, nor within a wider one among them."""
    return {each for each in these if not any(_within(each, other) for other in those)}


def _within(right: Right, wider: Right) -> bool:
    return all(have in (want, "*") for want, have in zip(right, wider, strict=True))


def _said(rights: set[Right]) -> str:
    """`get and list pods; create workflows`: verbs, resource, and which of them."""
    verbs: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    names: dict[Right, set[str]] = {}
    for group, resource, verb, name in sorted(rights):
        names.setdefault((group, resource, verb, ""), set()).add(name)
    for (group, resource, verb, _), found in names.items():
        verbs.setdefault((group, resource, tuple(sorted(found))), []).append(verb)
    told: dict[str, list[str]] = {}
    for (_, resource, which), allowed in verbs.items():
        what = f"{'everything' if resource == '*' else resource}{_of(which)}"
        told.setdefault(_and(_in_order(allowed)), []).append(what)
    return "; ".join(f"{allowed} {_and(what)}" for allowed, what in told.items())


_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def _in_order(verbs: Iterable[str]) -> list[str]:
    known = sorted(verbs, key=lambda verb: _VERBS.index(verb) if verb in _VERBS else len(_VERBS))
    return ["do anything to" if verb == "*" else verb for verb in known]


def _of(names: tuple[str, ...]) -> str:
    return "" if names == ("*",) else f" {listed(names)}"


def _and(words: list[str]) -> str:
    return " and ".join((*([", ".join(words[:-1])] if words[1:] else []), *words[-1:]))


# ── who has them ──────────────────────────────────────────────────────────────────────────────────


def _binding(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    had, has = _subjects(before), _subjects(after)
    some = after or before
    assert some is not None
    role = quoted(mapping_at(some.body, "roleRef").get("name", some.name))
    paths = (("subjects",),)
    if after is None:
        yield Change(
            risk="changes", text=f"nobody has the role {role} any more: {_who(had)} had it"
        )
        return
    renamed = {_renamed(each, before, after) for each in had}
    if has - renamed:
        verb = "gets" if len(has - renamed) == 1 else "get"
        text = f"{_who(has - renamed)} {verb} the role {role}"
        yield Change(risk="widens", text=text, paths=paths)
    if before is not None and renamed - has:
        verb = "loses" if len(renamed - has) == 1 else "lose"
        text = f"{_who(renamed - has)} {verb} the role {role}"
        yield Change(risk="changes", text=text, paths=paths)


def _subjects(manifest: Manifest | None) -> set[tuple[str, str, str]]:
    subjects = list_at(manifest.body if manifest else {}, "subjects")
    return {
        (str(s.get("kind", "")), str(s.get("namespace", "")), str(s.get("name", "")))
        for s in subjects
        if isinstance(s, dict)
    }


def _renamed(
    subject: tuple[str, str, str], before: Manifest | None, after: Manifest
) -> tuple[str, str, str]:
    """The role's own account goes by the name and the namespace of its binding."""
    kind, namespace, name = subject
    if before is None or kind != "ServiceAccount":
        return subject
    return (
        kind,
        after.namespace if namespace == before.namespace else namespace,
        after.name if name == before.name else name,
    )


_KINDS = {"User": "the user", "Group": "the group", "ServiceAccount": "the service account"}


def _who(subjects: set[tuple[str, str, str]]) -> str:
    names = [f"{_KINDS.get(kind, kind)} {quoted(name)}" for kind, _, name in sorted(subjects)]
    return " and ".join((*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]))


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────


def _account(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        yield Change(risk="changes", text="the account is removed: no new pod can run as it")
        return
    had, has = _cloud(before), _cloud(after)
    for key in _CLOUDS:
        path = ("metadata", "annotations", key)
        old, new = had.get(key), has.get(key)
        if new and new != old:
            instead = f" instead of {quoted(old)}" if old else ""
            text = f"what runs as {quoted(after.name)} acts as the cloud identity {quoted(new)}"
            yield Change(risk="widens", text=f"{text}{instead}", paths=(path,))
        elif old and not new:
            text = f"what runs as {quoted(after.name)} no longer acts as {quoted(old)} in the cloud"
            yield Change(risk="changes", text=text, paths=(path,))
    if before is None and not has:
        yield Change(risk="harmless", text="the account is new, and may do nothing by itself")
    yield from _mount(before, after)
    yield from _pulled(before, after)


def _pulled(before: Manifest | None, after: Manifest) -> Iterator[Change]:
    """Kubernetes writes them into a pod when it is made: one that runs keeps what it has.
    https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"""
    path = ("imagePullSecrets",)
    had, has = (
        list(by_name(list_at(each.body if each else {}, *path))) for each in (before, after)
    )
    if has and has != had:
        instead = f" instead of {listed(had)}" if had else ""
        text = f"images of new pods are pulled with the secret {listed(has)}{instead}"
        yield Change(risk="changes", text=text, paths=(path,))
    elif had and not has:
        text = (
            f"images of new pods are pulled without the secret {listed(had)}: a registry that "
            "asks for one refuses them"
        )
        yield Change(risk="interrupts", text=text, paths=(path,))


def _cloud(manifest: Manifest | None) -> dict[str, str]:
    annotations = mapping_at(manifest.body if manifest else {}, "metadata", "annotations")
    return {key: str(annotations[key]) for key in _CLOUDS if key in annotations}


def _mount(before: Manifest | None, after: Manifest) -> Iterator[Change]:
    """A missing `automountServiceAccountToken` means true."""
    path = ("automountServiceAccountToken",)
    old = _mounts(before.body) if before is not None else False
    if _mounts(after.body) and not old:
        text = f"pods of {quoted(after.name)} get a token for the cluster's API"
        yield Change(risk="widens", text=text, paths=(path,))
    elif old and not _mounts(after.body):
        text = f"pods of {quoted(after.name)} get no token for the cluster's API any more"
        yield Change(risk="changes", text=text, paths=(path,))


def _mounts(body: dict[str, Any]) -> bool:
    return body.get("automountServiceAccountToken") is not False


def _token(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    account = mapping_at(some.body, "metadata", "annotations").get(_TOKEN)
    if account is None:
        return
    if before is None:
        text = f"Kubernetes makes a token for the account {quoted(account)}"
        yield Change(risk="harmless", text=text)
    elif after is None:
        text = f"the token of the account {quoted(account)} is revoked"
        yield Change(risk="changes", text=text)
