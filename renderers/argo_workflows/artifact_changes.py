"""What a step reads and writes, where that is, and what a change of it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import moves, quoted
from mlspec.manifests.fields import by_name, list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .step_changes import Step, Told


_DRIVERS: Mapping[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "key"),
    "azure": ("endpoint", "container", "blob"),
    "git": ("repo",),
    "http": ("url",),
    "hdfs": ("path",),
}
"""Driver of Argo's → what says where in it."""


def artifacts(old: Step, new: Step) -> Iterator[Told]:
    """What a step reads and writes, and where that is."""
    yield "harmless", "", ("inputs", "parameters")
    yield "harmless", "", ("container", "volumeMounts", "[outputs]")
    for side, does in (("inputs", "reads"), ("outputs", "writes")):
        had, has = (by_name(list_at(each, side, "artifacts")) for each in (old, new))
        for name in dict.fromkeys((*had, *has)):
            path = (side, "artifacts", f"[{name}]")
            if name not in has:
                yield "changes", f"no longer {does} {quoted(name)}", path
            elif name not in had:
                place = _place(has[name])
                where = f", at {quoted(place)}" if place else ""
                yield "changes", f"also {does} {quoted(name)}{where}", path
                if not list_at(old, side, "artifacts"):
                    yield "harmless", "", (side,)
            else:
                yield from _moved(had[name], has[name], does, path)


_MORE = ("endpoint", "region", "insecure", "revision", "useSDKCreds")
"""What tells of the way to a place, beside the place."""


def _moved(
    one: Mapping[str, Any], other: Mapping[str, Any], does: str, path: tuple[str, ...]
) -> Iterator[Told]:
    was, now = _place(one), _place(other)
    if was != now:
        yield "changes", f"{does} {quoted(now)} instead of {quoted(was)}", path
    if told := moves(_driver(one), _driver(other), {key: key for key in _MORE}):
        yield "changes", f"{does} {quoted(now)} by {told}", path
    had, has = (_secret(each) or "its own identity" for each in (one, other))
    if had != has:
        yield "changes", f"{does} {quoted(now)} with {has} instead of {had}", path


def _driver(artifact: Mapping[str, Any]) -> dict[str, Any]:
    return next((mapping_at(artifact, d) for d in _DRIVERS if mapping_at(artifact, d)), {})


def _place(artifact: Mapping[str, Any]) -> str:
    """As people write it."""
    for driver, keys in _DRIVERS.items():
        found = mapping_at(artifact, driver)
        if found:
            text = "/".join(str(found[key]).strip("/") for key in keys if found.get(key))
            return f"{driver}://{text}" if driver in ("s3", "gcs") else text
    return ""


def _secret(artifact: Mapping[str, Any]) -> str:
    for key, value in _driver(artifact).items():
        if key.endswith("Secret") and isinstance(value, dict):
            return f"the secret {quoted(value.get('name'))}"
    return ""
