"""Problems: what is wrong at a path of a tree, before anyone looks where that is in the file.

Stages after parsing work with values, not positions; they yield Problems, and only when there are
any does `diagnose` look up the places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.diagnostics import Diagnostic, Related
from mlspec.source.tree import span_at

if TYPE_CHECKING:
    from mlspec.diagnostics import Span
    from mlspec.source.tree import Path, Tree


class Repair(NamedTuple):
    """What to write at the place of a problem, in place of what stands there: a text, a number, or
    a truth value.

    `part`: only this part of it. `around`: keep it, and write the two texts before and after it. At
    the root, `text` is a line to add. Safe is what cannot have been meant otherwise: a word of the
    language, never a name that a user chose.
    """

    message: str
    text: str | float = ""
    part: str = ""
    around: tuple[str, str] | None = None
    is_safe: bool = False


class Problem(NamedTuple):
    """A mistake at `path`; `on_key` where the key is the mistake, not its value, and `part` where
    only that part of the text is. `related` are further paths of the same tree, each with what it
    has to do with it."""

    code: str
    path: Path
    message: str
    label: str = ""
    help: str = ""
    on_key: bool = False
    related: tuple[tuple[str, Path], ...] = ()
    repair: Repair | None = None
    part: str = ""


def place_of(tree: Tree, problem: Problem) -> Span:
    """The place of a problem in the file: of its part, if that stands there exactly once."""
    span = span_at(tree, problem.path, key=problem.on_key)
    if not problem.part:
        return span
    from mlspec.source.repair import part_of

    return part_of(tree, span, problem.part) or span


def diagnose(tree: Tree, problem: Problem, environment: str = "") -> Diagnostic:
    """The problem with its places in the file."""
    fix = None
    if problem.repair is not None:
        from mlspec.source.repair import fix_of

        fix = fix_of(tree, problem)
    return Diagnostic(
        code=problem.code,
        message=problem.message,
        span=place_of(tree, problem),
        label=problem.label,
        help=problem.help,
        related=tuple(
            Related(message=message, span=span_at(tree, path, key=True))
            for message, path in problem.related
        ),
        environment=environment,
        fix=fix,
    )
