"""Gaps: what can be said of a spec that is wrong in places, and what would only be their echo.

The reader goes on after a mistake, without the part that is wrong. A check that misses something
then may miss just that part, so only what holds whatever stands in the gaps is reported: one
mistake, one message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.checks.texts import strings

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
_OF_A_NAME = frozenset(("MLS201", "MLS204", "MLS207", "MLS209", "MLS210"))
"""What is wrong unless the name is one of those that were lost."""
_REFERRED_TO_BY_NONE = frozenset(
    ("metadata", "image", "pipeline", "serving", "monitoring", "access")
)
"""Sections that have no say in whether another section is right."""
_BRING_NAMES = frozenset((
    "sources", "inputs", "outputs", "params", "expects", "schema", "evaluate", "metrics", "models",
))  # fmt: skip
"""Keys below which stands what others refer to. A gap beside them takes no name away."""
_KNOWN_BEYOND_THEIR_STEP = frozenset(("inputs", "outputs", "evaluate", "metrics"))
"""Keys of a step whose names other parts refer to, or that refer to others."""
_OF_THEIR_STEP_ALONE = frozenset((
    "run", "image", "resources", "retries", "timeout", "env", "cache", "framework", "description",
))  # fmt: skip
"""Keys of a step that nobody refers to."""
_NAMED_IN = frozenset(("data", "transforms", "training", "serving", "registry"))
"""Sections whose items others name."""
_STEPS_AND_DATA = ("data", "transforms", "training")
_NAMES_COME_FROM = {
    "registry": ("training",), "serving": ("training",), "monitoring": ("training", "serving"),
}  # fmt: skip
"""Section → those that bring the names in it; else steps and data."""
_NAMED = r"`([^`]*)`"
_WORD = r"[\w-]+"
_NAME = r"[a-z0-9_-]+"
"""What is not of this form was meant to be something else."""


class _Missing(NamedTuple):
    """What the gaps took away."""

    names: frozenset[str]
    """Every key and text that stands in them, in the form of a name."""
    unknown: tuple[Path, ...]
    """Those in which no name can be read: any may have been meant there."""
    bringing: tuple[Path, ...]
    """Those that others may refer to."""
    is_cut: bool
    """Whether keys are missing at places that nobody knows."""


def without_echoes(problems: Iterable[Problem], tree: Tree, gaps: Gaps) -> Iterator[Problem]:
    """The problems that are sure in spite of the gaps, at the places where they are written."""
    if not any(gaps) and not tree.dropped:
        yield from problems
        return
    missing = _missing(tree, gaps)
    for problem in problems:
        written = problem._replace(
            path=_as_written(problem.path, gaps.renamed),
            related=tuple(
                (text, _as_written(path, gaps.renamed)) for text, path in problem.related
            ),
        )
        if _is_sure(written, gaps, missing):
            yield written


def _missing(tree: Tree, gaps: Gaps) -> _Missing:
    lost = {path: _at(tree.root, path) for path in gaps.lost}
    guessed = {path: _at(tree.root, path) for path in gaps.guessed}
    names: set[str] = set()
    for part in (*tree.dropped, *(each for path in lost for each in (*path[-1:], lost[path]))):
        for place, text in strings(part, ()):
            names.update(map(_folded, map(str, place)), (_folded(text),))
    # One name in the place of a list of names is read as such a list.
    unclear = lost | {
        path: value
        for path, value in guessed.items()
        if not (path[-1] in _KNOWN_BEYOND_THEIR_STEP and _are_names(value))
    }
    bringing = [path for path, value in unclear.items() if _brings_names(path, value)]
    return _Missing(
        names=frozenset(names),
        unknown=tuple(path for path in bringing if not _tells_names(path, unclear[path])),
        bringing=tuple(bringing),
        is_cut=bool(tree.dropped),
    )


def _brings_names(path: Path, value: Any) -> bool:
    """Whether others may refer to what stood in a gap, or it to them: by where it is, or, at a key
    that the language does not have, by what it holds."""
    if path[0] == "registry":
        return len(path) <= 4 and path[3:] != ("gates",)
    if _BRING_NAMES.intersection(path[-2:]):
        return True
    if len(path) == 1:
        return path[0] in _NAMED_IN or isinstance(value, (dict, list))
    if len(path) == 3:
        return isinstance(value, (dict, list)) and path[2] not in _OF_THEIR_STEP_ALONE
    return len(path) == 2


def _tells_names(path: Path, value: Any) -> bool:
    """Whether the names in a gap can be read."""
    if (path[:2] == ("data", "sources") and len(path) == 3) or path[2:-1] == ("params",):
        return _are_names([path[-1]])
    if path[-1] == "inputs" and isinstance(value, list):
        return _are_names(value)
    return isinstance(value, dict) and all(map(_is_name, value)) and bool(value)


def _are_names(value: Any) -> bool:
    """Whether these are names or one, though maybe in capitals."""
    items = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value
    return isinstance(items, list) and all(
        isinstance(item, str) and _is_name(item.lower()) for item in items
    )


def _is_name(text: str) -> bool:
    return re.fullmatch(_NAME, text) is not None


def _folded(name: str) -> str:
    """What is suggested in place of a name of wrong form."""
    return re.sub(r"[-_\s]+", "-", name.strip().lower())


def _is_sure(problem: Problem, gaps: Gaps, missing: _Missing) -> bool:
    path = problem.path
    everything = (*gaps.lost, *gaps.guessed)
    if any(_overlap(path, gap) for gap in everything):
        return False
    if problem.code in _OF_THEIR_PLACE_ALONE:
        return True
    if problem.code in _OF_A_NAME:
        named = re.findall(_NAMED, problem.message)
        words = {_folded(word) for name in named for word in re.findall(_WORD, name)}
        if words & missing.names:
            return False
        return not any(_may_hold_the_name(gap, path) for gap in missing.unknown)
    if missing.is_cut or any(_are_beside(gap, path) for gap in everything):
        return False
    if problem.code == "MLS102" and any(len(gap) == 1 for gap in everything):
        return False  # the image, which is for all
    return all(
        gap[0] in _REFERRED_TO_BY_NONE and _item(gap) != _item(path) for gap in missing.bringing
    )


def _may_hold_the_name(gap: Path, path: Path) -> bool:
    """Whether what the problem at `path` misses may have stood in a gap that cannot be read."""
    if _item(gap) == _item(path):
        return True
    if gap[0] in _NAMED_IN and gap[0] not in _NAMES_COME_FROM.get(str(path[0]), _STEPS_AND_DATA):
        return False
    if len(gap) == 1:
        return True
    if gap[:2] == ("data", "sources"):
        return len(gap) <= 3
    return gap[0] in ("transforms", "training") and (
        len(gap) == 2 or bool(_KNOWN_BEYOND_THEIR_STEP.intersection(gap))
    )


def _item(path: Path) -> Path:
    """The step, source or service that a path leads into."""
    return path[:3] if path[:2] == ("data", "sources") else path[:2]


def _are_beside(one: Path, other: Path) -> bool:
    """Whether both are in one source, or in one part of an item, such as a service's replicas."""
    return one[:3] == other[:3]


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
