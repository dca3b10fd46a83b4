"""What a change of a quota means: how much may run at once, and what is refused from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change
from mlspec.manifests.fields import by_name, list_at, mapping_at
from mlspec.manifests.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest

_UNTOUCHED = "what runs goes on"


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    if some.kind == "ResourceQuota":
        yield from _quota(before, after)
    elif some.kind == "LimitRange":
        yield from _defaults(before, after)


def _quota(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    """Kubernetes looks at a quota when a pod is made, never at one that runs:
    https://kubernetes.io/docs/concepts/policy/resource-quotas/"""
    had, has = (mapping_at(each.body if each else {}, "spec", "hard") for each in (before, after))
    if after is None:
        yield Change(risk="changes", text="the namespace may ask for anything: it has no quota")
        return
    if before is None:
        told = ", ".join(f"{_name(key)} {value}" for key, value in has.items())
        text = f"the namespace has a quota: {told}; {_UNTOUCHED}, new pods beyond it are refused"
        yield Change(risk="interrupts", text=text)
        return
    for key in dict.fromkeys((*had, *has)):
        if had.get(key) != has.get(key):
            yield _scaled(key, had.get(key), has.get(key))


def _scaled(key: str, old: Any, new: Any) -> Change:
    name, paths = _name(key), (("spec", "hard", key),)
    if new is None:
        text = f"the quota of {name} is gone (was {old})"
        return Change(risk="changes", text=text, paths=paths)
    if old is None:
        text = f"{name} has a quota: {new}; {_UNTOUCHED}, new pods beyond it are refused"
        return Change(risk="interrupts", text=text, paths=paths)
    if amount(new) < amount(old):
        text = (
            f"the quota of {name} shrinks {old} → {new}: {_UNTOUCHED}, new pods beyond it are "
            "refused"
        )
        return Change(risk="interrupts", text=text, paths=paths)
    return Change(risk="changes", text=f"the quota of {name} grows {old} → {new}", paths=paths)


def _name(key: str) -> str:
    """`requests.cpu` → CPU: what is set aside is what counts."""
    short = key.removeprefix("requests.")
    return {"cpu": "CPU", "nvidia.com/gpu": "GPUs"}.get(short, short)


def _defaults(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    had, has = _of_containers(before), _of_containers(after)
    if after is None:
        text = "containers that ask for nothing are given nothing any more"
        yield Change(risk="changes", text=text)
    elif before is None:
        text = f"containers that ask for nothing get {_amounts(has)}"
        yield Change(risk="harmless", text=text)
    elif had != has:
        text = f"containers that ask for nothing get {_amounts(has)} instead of {_amounts(had)}"
        paths = tuple(
            ("spec", "limits", "[Container]", key) for key in ("default", "defaultRequest")
        )
        yield Change(risk="changes", text=text, paths=paths)


def _of_containers(manifest: Manifest | None) -> dict[str, Any]:
    limits = by_name(list_at(manifest.body if manifest else {}, "spec", "limits"), "type")
    return mapping_at(limits, "Container", "default")


def _amounts(resources: dict[str, Any]) -> str:
    return ", ".join(f"{_name(key)} {value}" for key, value in resources.items()) or "nothing"
