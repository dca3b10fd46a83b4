"""Problems: what is wrong at a path of a tree, before anyone looks where that is in the file.

Stages after parsing work with values, not positions; they yield Problems, and only when there are
any does `diagnose` look up the places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.diagnostics import Diagnostic, Related
from mlspec.source.tree import span_at

if TYPE_CHECKING:
    from mlspec.source.tree import Path, Tree


class Problem(NamedTuple):
    """A mistake at `path`; `on_key` where the key is the mistake, not its value. `related` are
    further paths of the same tree, each with what it has to do with it."""

    code: str
    path: Path
    message: str
    label: str = ""
    help: str = ""
    on_key: bool = False
    related: tuple[tuple[str, Path], ...] = ()


def diagnose(tree: Tree, problem: Problem, environment: str = "") -> Diagnostic:
    """The problem with its places in the file."""
    return Diagnostic(
        code=problem.code,
        message=problem.message,
        span=span_at(tree, problem.path, key=problem.on_key),
        label=problem.label,
        help=problem.help,
        related=tuple(
            Related(message=message, span=span_at(tree, path, key=True))
            for message, path in problem.related
        ),
        environment=environment,
    )
