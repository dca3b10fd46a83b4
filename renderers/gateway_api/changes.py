"""What a change of a route means to those who call the service from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, quoted
from mlspec.manifests.fields import list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest

_RULE = ("spec", "rules", "[0]")
_TO = (*_RULE, "backendRefs")
_FILTERS = (*_RULE, "filters")
_WAIT = (*_RULE, "timeouts", "request")


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    had, has = _addresses(before), _addresses(after)
    if after is None:
        assert before is not None
        text = f"{had} no longer leads to {quoted(before.name)}: its traffic ends"
        yield Change(risk="removes", text=text, loud=True)
        return
    if before is None:
        text = f"whom the gateway lets in may ask {quoted(after.name)} at {has}"
        yield Change(risk="widens", text=text)
        return
    yield from _moved(had, has)
    yield from _gateways(before, after)
    one, other = _shares(before), _shares(after)
    if one != other:
        text = f"requests to {has} go {other} (were: {one})"
        yield Change(risk="changes", text=text, paths=(_TO, _FILTERS))
    elif had == has:  # the same shares from other names
        yield Change(risk="harmless", text="", paths=(_TO,))
    old, new = (_rule(each).get("timeouts", {}).get("request") for each in (before, after))
    if old != new:
        text = f"requests to {has} are given up after {new} instead of {old}"
        yield Change(risk="changes", text=text, paths=(_WAIT,))


def _moved(had: str, has: str) -> Iterator[Change]:
    if had == has:
        return
    text = f"{had} is now {has}: callers of the old address must change"
    paths = (("spec", "hostnames"), (*_RULE, "matches"), _FILTERS)
    yield Change(risk="removes", text=text, paths=paths, loud=True)


def _gateways(before: Manifest, after: Manifest) -> Iterator[Change]:
    old, new = (list_at(each.body, "spec", "parentRefs") for each in (before, after))
    if old != new:
        text = f"another gateway lets requests in: {_named(new)} instead of {_named(old)}"
        yield Change(risk="interrupts", text=text, paths=(("spec", "parentRefs"),))


def _named(parents: list[Any]) -> str:
    parts = ("namespace", "name", "sectionName")
    return " and ".join(quoted("/".join(str(p[k]) for k in parts if k in p)) for p in parents)


def _rule(manifest: Manifest) -> dict[str, Any]:
    rules = list_at(manifest.body, "spec", "rules")
    return rules[0] if rules and isinstance(rules[0], dict) else {}


def _addresses(manifest: Manifest | None) -> str:
    """`host/path`, as one calls it."""
    if manifest is None:
        return ""
    hosts = list_at(manifest.body, "spec", "hostnames")
    matches = [mapping_at(each, "path") for each in list_at(_rule(manifest), "matches")]
    paths = [str(each.get("value", "/")) for each in matches] or ["/"]
    return ", ".join(quoted(f"{host}{path}") for host in hosts for path in paths)


def _shares(manifest: Manifest) -> str:
    """`90 % to a, 10 % to b, copies to c`."""
    rule = _rule(manifest)
    told = [
        f"{each.get('weight', 1)} % to {quoted(each.get('name'))}"
        for each in list_at(rule, "backendRefs")
    ]
    mirrors = [mapping_at(each, "requestMirror") for each in list_at(rule, "filters")]
    for each in filter(None, mirrors):
        share = f"copies of {each['percent']} %" if "percent" in each else "copies"
        told.append(f"{share} to {quoted(mapping_at(each, 'backendRef').get('name'))}")
    return ", ".join(told)
