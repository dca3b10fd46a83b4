"""Rendered projects → their trees under generated/, and a line about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.cli.clean import Clean
from mlspec.cli.timings import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from mlspec.cache.store import Store
    from mlspec.cli.building import Built
    from mlspec.cli.clean import Rendering
    from mlspec.cli.rendering import Tree
    from mlspec.diagnostics import Diagnostic
    from mlspec.output.tree import Changes, Order, OutputError

_WORTH_A_BATCH = 8
"""With fewer trees to write, each is brought to the disk by itself: waiting for all of a file
system may be waiting for what others write to it."""
_BATCH = 25


class How(NamedTuple):
    output: Path
    environment: str | None
    force: bool
    jobs: int | None = None
    quiet: bool = False


class Written(NamedTuple):
    """What is wrong, and a line about what was done, if it was."""

    wrong: tuple[Diagnostic, ...] = ()
    line: str = ""


def is_in_place(output: Path, store: Store | None) -> Callable[[Clean, Rendering], bool]:
    """Tells whether what a project is known to render to lies in `output`. A tree that was found to
    be right, and that nothing has touched since by what the file system says, is not read again."""

    def answer(clean: Clean, rendering: Rendering) -> bool:
        from mlspec.cache.seen import is_seen, remember, stamp_of
        from mlspec.output.proof import is_proven
        from mlspec.output.swap import Places

        root = output / clean.name
        with stage("compare"):
            if not Places(root).are_clean():
                return False  # whoever writes heals what a killed run has left
            stamp = stamp_of(root) if store is not None else None
            if store is not None and is_seen(store, root, rendering.proof, stamp):
                return True
            if not is_proven(root, rendering.proof, rendering.synced):
                return False
            if store is not None:
                remember(store, root, rendering.proof, stamp)
            return True

    return answer


def write(built: Sequence[Built], how: How) -> list[Written]:
    """Writes the trees that are not known to be in their place."""
    found = {n: _left(each.result, how) for n, each in enumerate(built) if each.tree is None}
    trees = {n: each.tree for n, each in enumerate(built) if each.tree is not None}
    todo = {n: tree for n, tree in trees.items() if _is_asked(tree, how)}
    if len(todo) < _WORTH_A_BATCH:
        found |= {n: _write(tree, how) for n, tree in todo.items()}
    else:
        found |= _write_together(todo, how)
    return [found[n] for n in sorted(found)]


def _is_asked(tree: Tree, how: How) -> bool:
    """Not so where a project has no such environment."""
    return bool(tree.scopes) or how.environment is None


def _write_together(trees: Mapping[int, Tree], how: How) -> dict[int, Written]:
    """Writes many trees, in several processes, all within one lock on the folder: the processes
    inherit it, and so it holds until the last of them has ended."""
    from mlspec.cli.progress import watched
    from mlspec.cli.workers import shared_out
    from mlspec.output.errors import OutputError
    from mlspec.output.tree import alone_in, write_trees

    def some(numbers: Sequence[int]) -> list[Written]:
        here = [trees[n]._replace(files=trees[n].content()) for n in numbers]
        with stage("write"):
            changes = write_trees(how.output, [_order(tree, how) for tree in here])
        return [_written(tree, how, each) for tree, each in zip(here, changes, strict=True)]

    numbers = list(trees)
    try:
        with alone_in(how.output):
            done = shared_out(numbers, lambda: some, how.jobs, _BATCH)
            seen = watched(done, len(numbers), "Writing", quiet=how.quiet)
            return dict(zip(numbers, seen, strict=True))
    except OSError as error:
        refused = OutputError.from_os_error(how.output, error)
        return {numbers[0]: Written((_refusal(refused),))}


def _left(result: object, how: How) -> Written:
    """The line about a tree that is as it should be."""
    if not isinstance(result, Clean) or result.rendering is None:
        return Written()
    counts = [
        (name, count) for name, count in result.rendering.counts if how.environment in (None, name)
    ]
    if not counts and how.environment is not None:
        return Written()
    scopes = [name for name, _ in counts]
    total = sum(count for _, count in counts)
    return Written(line=_line(how.output / result.name, total, scopes, "no changes"))


def _write(tree: Tree, how: How) -> Written:
    from mlspec.output.tree import OutputError, carry_out

    order = _order(tree, how)
    try:
        with stage("write"):
            changes: Changes | OutputError = carry_out(order)
    except OutputError as error:
        changes = error
    return _written(tree, how, changes)


def _order(tree: Tree, how: How) -> Order:
    from mlspec.output.tree import Order

    return Order(
        root=how.output / tree.name,
        files=tree.content(),
        inputs=tree.inputs,
        scopes=None if how.environment is None else tree.scopes,
        force=how.force,
        inventory=tree.inventory,
    )


def _written(tree: Tree, how: How, changes: Changes | OutputError) -> Written:
    from mlspec.cli.generated import edited, left_over
    from mlspec.output.tree import EditedFiles, OutputError

    if isinstance(changes, EditedFiles):
        return Written(tuple(edited(tree, how.output, changes.edits, is_mixed=changes.is_mixed)))
    if isinstance(changes, OutputError):
        return Written((_refusal(changes),))
    left = left_over(tree, how.output, changes, environment=how.environment, force=how.force)
    changed = f"{len(changes.written)} written, {len(changes.removed)} removed"
    what = changed if changes else "no changes"
    return Written(
        tuple(left), _line(how.output / tree.name, len(tree.content()), tree.scopes, what)
    )


def _refusal(error: OutputError) -> Diagnostic:
    from mlspec.diagnostics import Diagnostic, Span

    message = f"cannot write {error.root}: {error.reason}"
    return Diagnostic(
        code="MLS604", message=message, span=Span(file=str(error.root)), help=error.help
    )


def _line(root: Path, total: int, scopes: Iterable[str], what: str) -> str:
    where = ", ".join(scopes) or "no environment to render"
    return f"{root}: {total} manifest{'' if total == 1 else 's'} ({where}); {what}"
