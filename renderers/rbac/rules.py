"""The rules of a Role: what the uses grant together, each right once, in as few rules as say it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .actions import grants_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from mlspec.plan.model import Use

    _Right: TypeAlias = tuple[str, str, str]
    """Group, resource and verb."""
    _Merged: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    """Group, resources, names and verbs of a rule."""

_ALL = ""
"""In the place of a name: all objects of the resource."""

_VERB_ORDER = ("get", "list", "watch", "create", "update", "patch", "delete")


def policy_rules(uses: Iterable[Use]) -> list[dict[str, Any]]:
    return [_rule(*rule) for rule in _merged(tuple(uses))]


@lru_cache(maxsize=256)  # of each environment the same, and of Argo's accounts in each project
def _merged(uses: tuple[Use, ...]) -> tuple[_Merged, ...]:
    names: dict[_Right, set[str]] = {}
    for right, name in _rights_of(uses):
        names.setdefault(right, set()).add(name)
    verbs: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for (group, resource, verb), found in names.items():
        named = (_ALL,) if _ALL in found else tuple(sorted(found))
        verbs.setdefault((group, resource, named), set()).add(verb)
    resources: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (group, resource, named), allowed in verbs.items():
        ordered = tuple(sorted(allowed, key=_VERB_ORDER.index))
        resources.setdefault((group, named, ordered), set()).add(resource)
    rules = ((g, tuple(sorted(kinds)), named, v) for (g, named, v), kinds in resources.items())
    return tuple(sorted(rules, key=lambda rule: (rule[0], rule[1], rule[3])))


def _rights_of(uses: Iterable[Use]) -> Iterator[tuple[_Right, str]]:
    """Each right with the name of an object that it is for. A grant by name without names grants
    nothing: to Kubernetes, no `resourceNames` means all."""
    for use in uses:
        for grant in grants_of(use.action):
            for name in use.names if grant.by_name else (_ALL,):
                for resource in grant.resources:
                    for verb in grant.verbs:
                        yield (grant.group, resource, verb), name


def _rule(
    group: str, resources: tuple[str, ...], names: tuple[str, ...], verbs: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "apiGroups": [group],
        "resources": list(resources),
        **({"resourceNames": list(names)} if names != (_ALL,) else {}),
        "verbs": list(verbs),
    }
