"""What a change of delivery means: from where, to where, what and how Argo CD syncs.

Pruning goes no further than the AppProject: Argo CD leaves out of its comparison whatever lives
where the project has no destination, or is of a kind that it does not allow (argoproj/argo-cd,
controller/state.go, `CompareAppState`, and pkg/apis/application/v1alpha1,
`IsLiveResourcePermitted`). The AppProject comes first (waves.py), so what leaves both stays in the
cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, listed, quoted
from mlspec.manifests.fields import list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest

_CASCADE = "resources-finalizer.argocd.argoproj.io"


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    if some.kind == "Application":
        yield from _application(before, after)
    elif some.kind == "AppProject":
        yield from _project(before, after)


# ── the Application ───────────────────────────────────────────────────────────────────────────────


def _application(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        assert before is not None
        yield _gone(before)
    elif before is None:
        source, destination = _source(after), _destination(after)
        text = (
            f"Argo CD syncs {quoted(source.get('path'))} of the branch "
            f"{quoted(source.get('targetRevision'))} into {_place(destination)}"
        )
        yield Change(risk="changes", text=text)
    else:
        yield from _rehomed(before, after)
        yield from _moved(before, after)
        yield from _followed(before, after)
        yield from _policy(before, after)
        yield from _deletion(before, after)


def _gone(before: Manifest) -> Change:
    if _CASCADE in list_at(before.body, "metadata", "finalizers"):
        text = (
            "the environment is gone: its Application leaves Git, and by its finalizer takes all "
            f"that it synced into {_place(_destination(before))} with it: services stop"
        )
    else:
        text = (
            "the environment is gone: its Application leaves Git without a finalizer, so all that "
            f"it synced stays in {_place(_destination(before))} and serves on, synced by nobody: "
            "delete it by hand"
        )
    return Change(risk="removes", text=text, about="environment")


def _rehomed(before: Manifest, after: Manifest) -> Iterator[Change]:
    """Two Applications for one set of objects, until the old one is deleted."""
    if before.namespace == after.namespace:
        return
    text = (
        f"the Application moves to the Argo CD in {quoted(after.namespace)}; the one in "
        f"{quoted(before.namespace)} has to go, "
    )
    if _CASCADE in list_at(before.body, "metadata", "finalizers"):
        text += "and by its finalizer takes all that it synced with it: take that away first"
    else:
        text += "and leaves what it synced where it is"
    yield Change(risk="removes", text=text, paths=(("metadata", "namespace"),), loud=True)


def _moved(before: Manifest, after: Manifest) -> Iterator[Change]:
    old, new = _destination(before), _destination(after)
    if old != new:
        text = (
            f"everything is made anew in {_place(new)}; what is in {_place(old)} stays there, as "
            "Argo CD may no longer touch it: delete it by hand"
        )
        paths = (("spec", "destination"),)
        yield Change(risk="removes", text=text, paths=paths, about="environment")


def _followed(before: Manifest, after: Manifest) -> Iterator[Change]:
    old, new = _source(before), _source(after)
    for key, what in (
        ("repoURL", "the repository"),
        ("targetRevision", "the branch"),
        ("path", "the folder"),
    ):
        if old.get(key) != new.get(key):
            text = (
                f"Argo CD follows {what} {quoted(new.get(key))} instead of {quoted(old.get(key))}"
            )
            yield Change(risk="interrupts", text=text, paths=(("spec", "source", key),))


def _policy(before: Manifest, after: Manifest) -> Iterator[Change]:
    old, new = (mapping_at(each.body, "spec", "syncPolicy") for each in (before, after))
    path = ("spec", "syncPolicy", "automated")
    if "automated" in old and "automated" not in new:
        text = (
            "Argo CD no longer syncs by itself: this and all that follows waits for someone to "
            "sync, and edits in the cluster stay"
        )
        yield Change(risk="interrupts", text=text, paths=(path,))
    elif "automated" in new and "automated" not in old:
        text = "Argo CD syncs by itself: what is merged is live, and what leaves Git is pruned"
        yield Change(risk="interrupts", text=text, paths=(path,))
    had, has = set(list_at(old, "syncOptions")), set(list_at(new, "syncOptions"))
    path = ("spec", "syncPolicy", "syncOptions")
    if has - had:
        text = f"syncs with {listed(sorted(map(str, has - had)))}"
        yield Change(risk="changes", text=text, paths=(path,))
    if had - has:
        text = f"syncs without {listed(sorted(map(str, had - has)))}"
        yield Change(risk="changes", text=text, paths=(path,))


def _deletion(before: Manifest, after: Manifest) -> Iterator[Change]:
    had, has = (
        _CASCADE in list_at(each.body, "metadata", "finalizers") for each in (before, after)
    )
    paths = (("metadata", "finalizers"),)
    if has and not had:
        text = "deleting the Application from now on deletes all that it synced"
        yield Change(risk="interrupts", text=text, paths=paths)
    elif had and not has:
        text = "deleting the Application from now on leaves what it synced in the cluster"
        yield Change(risk="changes", text=text, paths=paths)


def _source(manifest: Manifest) -> dict[str, Any]:
    return mapping_at(manifest.body, "spec", "source")


def _destination(manifest: Manifest) -> dict[str, Any]:
    return mapping_at(manifest.body, "spec", "destination")


def _place(destination: dict[str, Any]) -> str:
    namespace, server = destination.get("namespace"), destination.get("server")
    return f"the namespace {quoted(namespace)} of {quoted(server)}"


# ── the AppProject ────────────────────────────────────────────────────────────────────────────────


def _project(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        yield Change(risk="changes", text="nothing may be synced under it any more")
        return
    if before is None:
        yield Change(risk="changes", text=f"Argo CD may sync {_kinds(_allowed(after))}")
        return
    had, has = _allowed(before), _allowed(after)
    paths = (("spec", "namespaceResourceWhitelist"), ("spec", "clusterResourceWhitelist"))
    if has - had:
        text = f"Argo CD may now also sync {_kinds(has - had)}"
        yield Change(risk="widens", text=text, paths=paths)
    if had - has:
        text = (
            f"Argo CD may no longer touch {_kinds(had - has)}: if this is synced before the last "
            "of them is pruned, it stays in the cluster and must be deleted by hand"
        )
        yield Change(risk="removes", text=text, paths=paths)
    yield from _places(before, after)


def _allowed(manifest: Manifest) -> set[str]:
    lists = ("namespaceResourceWhitelist", "clusterResourceWhitelist")
    return {
        f"{each.get('kind')}.{each.get('group')}" if each.get("group") else str(each.get("kind"))
        for name in lists
        for each in list_at(manifest.body, "spec", name)
    }


def _kinds(kinds: set[str]) -> str:
    return listed((each.partition(".")[0] for each in sorted(kinds)), limit=20)


def _places(before: Manifest, after: Manifest) -> Iterator[Change]:
    for key, verb in (("destinations", "into"), ("sourceRepos", "from")):
        had, has = (_named(list_at(each.body, "spec", key)) for each in (before, after))
        if has - had:
            text = f"Argo CD may now sync {verb} {listed(sorted(has - had))}"
            yield Change(risk="widens", text=text, paths=(("spec", key),))
        if had - has:
            text = f"Argo CD may no longer sync {verb} {listed(sorted(had - has))}"
            yield Change(risk="changes", text=text, paths=(("spec", key),))
    paths = (("spec", "description"),)
    if mapping_at(before.body, "spec").get("description") != mapping_at(after.body, "spec").get(
        "description"
    ):
        yield Change(risk="harmless", text="the description is another", paths=paths)


def _named(places: list[Any]) -> set[str]:
    return {
        f"{each.get('namespace')} of {each.get('server')}" if isinstance(each, dict) else str(each)
        for each in places
    }
