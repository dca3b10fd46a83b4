"""The tree: dicts, lists and scalars as YAML 1.2 reads them, which remember where they stood.

A MappingNode is a dict, a SequenceNode a list; only `span_at` needs the positions, and only when
there is something to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mlspec.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from mlspec.diagnostics import Diagnostic

    Path: TypeAlias = tuple[str | int, ...]
    """Keys and indices from the root to a value."""


class Mark(Protocol):
    """A position of the YAML parser: line and column from 0."""

    line: int
    column: int


class Marks(NamedTuple):
    """Where a value stands, and its key if it has one.

    The end of a collection is not known: libyaml puts it after the blank lines that follow.
    """

    key_start: Mark | None
    key_end: Mark | None
    start: Mark
    end: Mark


class MappingNode(dict[str, Any]):
    """`reading`: the schema by which it was read without a mistake, and what it was read as."""

    __slots__ = ("marks", "reading")

    def __init__(self) -> None:
        self.marks: dict[str, Marks] = {}
        self.reading: tuple[object, object] | None = None


class SequenceNode(list[Any]):
    __slots__ = ("marks",)

    def __init__(self) -> None:
        self.marks: list[Marks] = []


class Unreadable:
    """Stands in a tree where a value was refused: what is wrong with it has been said already."""

    def __reduce__(self) -> str:
        return "UNREADABLE"  # the same one in every process


UNREADABLE = Unreadable()


class Tree(NamedTuple):
    """One parsed file; `text` serves the excerpts of diagnostics. `errors` are those that the
    parser could read on after: the tree is good but for UNREADABLE values and dropped keys."""

    file: str
    text: str
    root: MappingNode
    errors: tuple[Diagnostic, ...] = ()
    dropped: tuple[Any, ...] = ()
    """Keys and values that are not in the tree because of an error."""


def span_at(tree: Tree, path: Sequence[str | int], *, key: bool = False) -> Span:
    """The place of the value at `path`, or of its key.

    Where the path leads beyond what is written (a default, a missing key), the nearest thing that
    is written stands for it: the key of the deepest part that exists.
    """
    node: Any = tree.root
    found: Marks | None = None
    complete = True
    for step in path:
        marks = _marks_of(node, step)
        if marks is None:
            complete = False
            break
        found, node = marks, node[step]
    if found is None:
        return Span(file=tree.file, line=1, column=1, end_line=1, end_column=1)
    is_collection = isinstance(node, (MappingNode, SequenceNode))
    if found.key_start and found.key_end and (key or not complete or is_collection):
        return _span(tree.file, found.key_start, found.key_end)
    if is_collection:
        return _span(tree.file, found.start, found.start)
    return _span(tree.file, found.start, found.end)


def _marks_of(node: Any, step: str | int) -> Marks | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        return node.marks.get(step)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.marks):
        return node.marks[step]
    return None


def _span(file: str, start: Mark, end: Mark) -> Span:
    return Span(
        file=file,
        line=start.line + 1,
        column=start.column + 1,
        end_line=end.line + 1,
        end_column=end.column + 1,
    )
