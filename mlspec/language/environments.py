"""Environments: the overlays of a project, what each may say, and what it takes away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.language.suggestions import did_you_mean, nearest
from mlspec.source.problem import Problem
from mlspec.source.tree import MappingNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.source.tree import Path, Tree

MAX_CHARACTERS = 2 * 1024 * 1024
"""Of a file, times its environments: each is the whole project once more, and is checked as such.
Ten environments of a thousand steps are three quarters of this, and take a second."""

_CHARACTERS_A_VALUE = 20
"""About as many as the example has, comments aside."""

_NAMED = r"`([^`]*)`"
_WORD = r"[\w-]+"

FIXED_SECTIONS = ("apiVersion", "kind", "metadata", "environments")
"""What an overlay may not change: it says what the project is, not how it runs somewhere."""


def overlays_of(tree: Tree) -> dict[str, Any]:
    """Name of each environment → its overlay, of whatever type that is."""
    found = tree.root.get("environments")
    return found if isinstance(found, dict) else {}


def too_many(tree: Tree) -> Iterator[Problem]:
    """Whether there are more environments than can be looked at in a moment."""
    count = len(overlays_of(tree))
    if count > 1 and count * _size(tree) > MAX_CHARACTERS:
        yield Problem(
            "MLS106", ("environments",), f"{count} environments are too many for so long a file",
            help="split the project, or keep the environments that differ", on_key=True,
        )  # fmt: skip


def _size(tree: Tree) -> int:
    """The length of the file, were all aliases written out."""
    if "*" not in tree.text:
        return len(tree.text)
    return max(len(tree.text), _CHARACTERS_A_VALUE * _values_in(tree.root))


def _values_in(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values_in, inner))


def fixed_sections(name: str, patch: MappingNode) -> Iterator[Problem]:
    """What an overlay says that no overlay may say."""
    for section in FIXED_SECTIONS:
        if section in patch:
            yield Problem(
                "MLS101", ("environments", name, section),
                f"an environment cannot change `{section}`",
                help="an overlay says how the project runs somewhere, not what it is", on_key=True,
            )  # fmt: skip


def vain_nulls(root: MappingNode, name: str, patch: MappingNode) -> Iterator[tuple[Problem, Path]]:
    """What an overlay of `root` says in vain; with the path that was probably meant, if any."""
    for place, base in _nulls(root, patch, ("environments", name)):
        if base is None or place[-1] not in base:
            problem = Problem(
                "MLS201", place, f"there is no `{place[-1]}` here that `null` could remove",
                help=did_you_mean(str(place[-1]), base or (), "remove this line"), on_key=True,
            )  # fmt: skip
            near = nearest(str(place[-1]), base or ())
            yield problem, (*place[2:-1], near) if near else ()


def removed_by(root: MappingNode, name: str, patch: MappingNode) -> dict[Path, Any]:
    """The place of each null in an overlay → what it removes from the project."""
    found = _nulls(root, patch, ("environments", name))
    return {place: base[str(place[-1])] for place, base in found if base and place[-1] in base}


def removal_of(removed: Mapping[Path, Any], message: str) -> Path | None:
    """The place of the removal that a message is about: of a thing that it names, or of one that
    holds such a thing. (Without the step `clean` there is no data set `tidy`.)"""
    named = {word for name in re.findall(_NAMED, message) for word in re.findall(_WORD, name)}
    for place in removed:
        if place[-1] in named:
            return place
    return next((place for place, value in removed.items() if named & _keys_in(value)), None)


def _keys_in(value: Any) -> set[str]:
    """Every key in a value, and every item of a list: those are names of things."""
    if isinstance(value, dict):
        return set(value).union(*map(_keys_in, value.values()))
    if isinstance(value, list):
        texts = {item for item in value if isinstance(item, str)}
        return texts.union(*map(_keys_in, (v for v in value if not isinstance(v, str))))
    return set()


def _nulls(base: Any, patch: MappingNode, path: Path) -> Iterator[tuple[Path, MappingNode | None]]:
    """The place of each null in a patch, and the mapping that it would remove something from."""
    there = base if isinstance(base, MappingNode) else None
    for key, value in patch.items():
        if value is None:
            yield (*path, key), there
        elif isinstance(value, MappingNode):
            yield from _nulls(there.get(key) if there else None, value, (*path, key))
