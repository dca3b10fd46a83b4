"""Gaps: what can be said of a spec that is wrong in places, and what would only be their echo.

The reader goes on after a mistake, without the part that is wrong. A check that misses something
then may miss just that part, so only what holds whatever stands in the gaps is reported: one
mistake, one message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.checks.templates import strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlspec.language.validator import Gaps
    from mlspec.source.problem import Problem
    from mlspec.source.tree import Path, Tree

_OF_THEIR_PLACE_ALONE = frozenset((
    "MLS105", "MLS202", "MLS203", "MLS212", "MLS213", "MLS214", "MLS301", "MLS302", "MLS401",
    "MLS402", "MLS501", "MLS505",
))  # fmt: skip
"""What is wrong by what stands at the place, whatever stands elsewhere."""
_OF_A_NAME = frozenset(("MLS201", "MLS209", "MLS210"))
"""What is wrong unless the name is one of those that were lost."""
_REFERRED_TO_BY_NONE = frozenset(
    ("metadata", "image", "pipeline", "serving", "monitoring", "access")
)
"""Sections that have no say in whether another section is right."""
_BRING_NAMES = frozenset((
    "sources", "inputs", "outputs", "params", "expects", "schema", "evaluate", "metrics", "models",
))  # fmt: skip
"""Keys below which stands what others refer to. A gap beside them takes no name away."""
_NAMED = re.compile(r"`([^`]*)`")
_WORD = re.compile(r"[\w-]+")


def without_echoes(problems: Iterable[Problem], tree: Tree, gaps: Gaps) -> Iterator[Problem]:
    """The problems that are sure in spite of the gaps, at the places where they are written."""
    names = _names_in(tree, gaps.lost) if gaps.lost or tree.dropped else frozenset()
    for problem in problems:
        written = problem._replace(path=_as_written(problem.path, gaps.renamed))
        if _is_sure(written, gaps, names, bool(tree.dropped)):
            yield written


def _names_in(tree: Tree, lost: Iterable[Path]) -> frozenset[str]:
    """Every key and text in the parts that are missing."""
    found: set[str] = set()
    parts = [*tree.dropped, *(part for path in lost for part in (*path[-1:], _at(tree.root, path)))]
    for part in parts:
        for path, text in strings(part, ()):
            found.update(map(str, path), (text,))
    return frozenset(found)


def _is_sure(problem: Problem, gaps: Gaps, names: frozenset[str], is_cut: bool) -> bool:
    path = problem.path
    if any(_overlap(path, gap) for gap in (*gaps.lost, *gaps.guessed)):
        return False
    if problem.code in _OF_THEIR_PLACE_ALONE:
        return True
    missing = [gap for gap in gaps.lost if len(gap) <= 2 or _BRING_NAMES.intersection(gap)]
    if problem.code in _OF_A_NAME:
        words = {word for name in _NAMED.findall(problem.message) for word in _WORD.findall(name)}
        return not words & names and all(path[:2] != gap[:2] for gap in missing)
    return not is_cut and all(
        gap[0] in _REFERRED_TO_BY_NONE and gap[0] != path[0] for gap in missing
    )


def _overlap(one: Path, other: Path) -> bool:
    return one[: len(other)] == other or other[: len(one)] == one


def _at(root: Any, path: Path) -> Any:
    for step in path:
        try:
            root = root[step]
        except (KeyError, IndexError, TypeError):
            return None
    return root


def _as_written(path: Path, renamed: Mapping[Path, str]) -> Path:
    if not renamed:
        return path
    written: Path = ()
    for step in path:
        written = (*written, renamed.get((*written, step), step))
    return written
