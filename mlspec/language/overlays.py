"""A project in one environment: its overlay merged in and read, mistakes of the overlay and all.

What must have been meant is merged, so that one misspelt key is one mistake, and what it holds is
judged where it belongs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.environments import FIXED_SECTIONS, fixed_sections, removed_by, vain_nulls
from mlspec.language.reader import is_echo, validator
from mlspec.language.validator import INVALID, Layers, has
from mlspec.source.overlay import merge, with_key, with_value, without_key
from mlspec.source.problem import diagnose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlspec.diagnostics import Diagnostic
    from mlspec.language.validator import Gaps, Outcome
    from mlspec.source.tree import MappingNode, Path, Tree


_NO_KEY = ("MLS101", "MLS107")


class Overlaid(NamedTuple):
    """The project with an overlay. `value` is None if nothing could be made of it."""

    tree: Tree
    value: Any
    gaps: Gaps
    diagnostics: list[Diagnostic]
    removed: dict[Path, Any]
    """The place of each null in the overlay → what it removes."""
    is_whole: bool
    """Whether all of it could be read as it is written."""


def as_meant(tree: Tree, gaps: Gaps) -> Tree:
    """The tree with its misspelt keys as they were read, at their places."""
    written = {(*path[:-1], key): str(path[-1]) for path, key in gaps.renamed.items()}
    return tree._replace(root=_with_keys(tree.root, written))


def overlaid(tree: Tree, name: str, patch: MappingNode, elsewhere: Iterable[Path]) -> Overlaid:
    """`tree` is the project as it was meant. What belongs `elsewhere` and is not there cannot be
    merged: what the overlay says of it is left out."""
    found = [diagnose(tree, problem) for problem in fixed_sections(name, patch)]
    lost = [path for path in elsewhere if not has(tree.root, path)]
    patch = _without(patch, [*((section,) for section in FIXED_SECTIONS), *lost])
    merged, outcome = _read(tree, name, patch)
    slips: list[Diagnostic] = []
    while renamed := _slips(patch, outcome):
        slips += [diagnose(merged, each) for each in outcome.problems if each.path in renamed]
        patch = _with_keys(patch, renamed)
        merged, outcome = _read(tree, name, patch)
    unknown = {each.path for each in outcome.problems if each.code in _NO_KEY}
    vain = [
        (problem, near)
        for problem, near in vain_nulls(tree.root, name, patch)
        if not any(problem.path[2 : 2 + len(path)] == path for path in unknown)
    ]
    found += slips
    if vain:
        found += [diagnose(merged, problem) for problem, _ in vain]
        patch = _without(patch, [problem.path[2:] for problem, _ in vain])
        merged, outcome = _read(tree, name, patch)
        outcome.gaps.guessed.extend(near for _, near in vain if near)
    found += [diagnose(merged, each) for each in outcome.problems if not is_echo(merged, each)]
    return Overlaid(
        merged,
        None if outcome.value is INVALID else outcome.value,
        outcome.gaps,
        found,
        removed_by(tree.root, name, patch),
        is_whole=not (slips or any(outcome.gaps)),
    )


def _slips(patch: MappingNode, outcome: Outcome) -> dict[Path, str]:
    """The misspelt keys of an overlay, and what was meant. What one of them holds can only be
    judged when it is merged to where it belongs."""
    return {
        (*path[:-1], key): str(path[-1])
        for path, key in outcome.gaps.renamed.items()
        if has(patch, (*path[:-1], key))
    }


def _read(tree: Tree, name: str, patch: MappingNode) -> tuple[Tree, Outcome]:
    """The project with the overlay, which also stands in the tree in place of the one written."""
    overlays = with_value(tree.root["environments"], name, patch)
    root = merge(with_value(tree.root, "environments", overlays), patch)
    layers = Layers(tree.root, patch, name, FIXED_SECTIONS)
    return tree._replace(root=root), validator("project").read(root, layers)


def _with_keys(root: MappingNode, keys: Mapping[Path, str]) -> MappingNode:
    """`root` with other keys at the ends of paths; the deepest first, whose paths these change."""
    for path in sorted(keys, key=len, reverse=True):
        root = with_key(root, path, keys[path])
    return root


def _without(root: MappingNode, paths: Iterable[Path]) -> MappingNode:
    for path in paths:
        if has(root, path):
            root = without_key(root, path)
    return root
