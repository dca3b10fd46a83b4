"""The objects of both sides of a difference, and which belongs to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.manifests.fields import leaves, mapping_at
from mlspec.manifests.immutable import kind_of
from mlspec.manifests.renaming import as_called
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal, TypeAlias

    from mlspec.manifests.manifest import Manifest

    How: TypeAlias = Literal["added", "removed", "changed", "renamed", "moved"]

NEARLY = 0.8
"""The share of equal fields from which on a removed and an added object are one under two names."""


class Object(NamedTuple):
    """A manifest, and the target that it belongs to."""

    target: str
    manifest: Manifest

    @property
    def identity(self) -> tuple[str, str, str]:
        """What it is within its cluster: kind and group, namespace, name."""
        return kind_of(self.manifest), self.manifest.namespace, self.manifest.name


class Environment(Record):
    """One environment of one project on one side: what Git would have in the cluster."""

    project: str
    name: str
    file: str
    """Of the project."""
    cluster: str
    namespace: str
    objects: tuple[Object, ...]
    is_from_tree: bool = False
    """Whether it was read from the generated manifests, as its spec does not compile any more."""


class Pair(NamedTuple):
    """An object before and after."""

    how: How
    before: Object | None
    after: Object | None

    @property
    def some(self) -> Object:
        found = self.after or self.before
        assert found is not None
        return found


def pairs(before: Environment, after: Environment) -> Iterator[Pair]:
    """Every object of both sides once, those that are the same among them."""
    is_elsewhere = before.cluster != after.cluster
    old = {each.identity: each for each in before.objects}
    new = {each.identity: each for each in after.objects}
    gone = [each for key, each in old.items() if key not in new]
    come = [each for key, each in new.items() if key not in old]
    moved = dict(_moved(gone, come))
    renamed = dict(_renamed(
        [each for number, each in enumerate(gone) if number not in moved],
        [each for number, each in enumerate(come) if number not in set(moved.values())],
    ))  # fmt: skip
    followed = {gone[one].identity: come[other] for one, other in moved.items()}
    names = {one.identity: other for one, other in renamed.values()}
    for key, each in old.items():
        if key in new:
            yield Pair("moved" if is_elsewhere else "changed", each, new[key])
        elif key in followed:
            yield Pair("moved", each, followed[key])
        elif key in names:
            yield Pair("renamed", each, names[key])
        else:
            yield Pair("removed", each, None)
    taken = {each.identity for each in (*followed.values(), *names.values())}
    for each in come:
        if each.identity not in taken:
            yield Pair("added", None, each)


def _moved(gone: Sequence[Object], come: Sequence[Object]) -> Iterator[tuple[int, int]]:
    """The same kind and name in another namespace."""
    waiting = {_nameless(each): number for number, each in enumerate(come)}
    for number, each in enumerate(gone):
        if _nameless(each) in waiting:
            yield number, waiting.pop(_nameless(each))


def _nameless(each: Object) -> tuple[str, str]:
    return kind_of(each.manifest), each.manifest.name


def _renamed(
    gone: Sequence[Object], come: Sequence[Object]
) -> Iterator[tuple[int, tuple[Object, Object]]]:
    """Pairs of one kind with nearly the same body, the most alike first."""
    scored = [
        (likeness(one.manifest, other.manifest), number, place)
        for number, one in enumerate(gone)
        for place, other in enumerate(come)
        if kind_of(one.manifest) == kind_of(other.manifest) and one.target == other.target
    ]
    here, there = set[int](), set[int]()
    for score, number, place in sorted(scored, key=lambda each: (-each[0], *each[1:])):
        if score >= NEARLY and number not in here and place not in there:
            here.add(number)
            there.add(place)
            yield number, (gone[number], come[place])


def likeness(one: Manifest, other: Manifest) -> float:
    """The share of fields that are equal, names apart."""
    here = {(path, _text(value)) for path, value in leaves(as_if(one, other).body)}
    there = {(path, _text(value)) for path, value in leaves(other.body)}
    return len(here & there) / max(len(here | there), 1)


def _text(value: Any) -> str:
    return f"{type(value).__name__} {value}"


def as_if(before: Manifest, after: Manifest) -> Manifest:
    """`before` with the name and namespace of `after`, wherever it says its own."""
    swaps = [(_of(before), _of(after)), (before.namespace, after.namespace)]
    if before.name == before.name.replace(_of(before), _of(after)):
        swaps.insert(0, (before.name, after.name))
    return before.replace(body=as_called(before.body, after.body, swaps))


def _of(manifest: Manifest) -> str:
    """What the object belongs to (a service, a role), by which the names of all its parts begin."""
    labels = mapping_at(manifest.body, "metadata", "labels")
    return str(labels.get("app.kubernetes.io/name", manifest.name))
