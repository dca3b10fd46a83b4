"""The rules of a Role: what the uses grant together, each right once, in as few rules as say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.record import Record

from .actions import grants_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlspec.plan.model import Use

_VERB_ORDER = ("get", "list", "watch", "create", "update", "patch", "delete")


class _Right(Record):
    """`name` is empty for all objects of the resource."""

    group: str
    resource: str
    verb: str
    name: str = ""


def policy_rules(uses: Iterable[Use]) -> list[dict[str, Any]]:
    rights = set(_rights_of(uses))
    for_all = {right for right in rights if not right.name}
    rights = {r for r in rights if not r.name or r.replace(name="") not in for_all}

    names: dict[tuple[str, str, str], set[str]] = {}
    for right in rights:
        names.setdefault((right.group, right.resource, right.verb), set()).add(right.name)
    verbs: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for (group, resource, verb), found in names.items():
        verbs.setdefault((group, resource, tuple(sorted(found))), set()).add(verb)
    resources: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (group, resource, named), allowed in verbs.items():
        ordered = tuple(sorted(allowed, key=_VERB_ORDER.index))
        resources.setdefault((group, named, ordered), set()).add(resource)
    return sorted(
        (_rule(group, sorted(kinds), named, v) for (group, named, v), kinds in resources.items()),
        key=lambda rule: (rule["apiGroups"], rule["resources"], rule["verbs"]),
    )


def _rights_of(uses: Iterable[Use]) -> Iterator[_Right]:
    """A grant by name without names grants nothing: to Kubernetes, no `resourceNames` means all."""
    for use in uses:
        for grant in grants_of(use.action):
            for name in use.names if grant.by_name else ("",):
                for resource in grant.resources:
                    for verb in grant.verbs:
                        yield _Right(group=grant.group, resource=resource, verb=verb, name=name)


def _rule(
    group: str, resources: list[str], names: tuple[str, ...], verbs: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "apiGroups": [group],
        "resources": resources,
        **({"resourceNames": list(names)} if names != ("",) else {}),
        "verbs": list(verbs),
    }
