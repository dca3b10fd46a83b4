"""The tree: dicts, lists and scalars as YAML 1.2 reads them, which remember where they stood.

A MappingNode is a dict, a SequenceNode a list; only `span_at` needs the positions, and only when
there is something to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from mlspec.diagnostics import Diagnostic

    Path: TypeAlias = tuple[str | int, ...]
    """Keys and indices from the root to a value."""

    Marks: TypeAlias = tuple[int, ...]
    """Where a value begins and ends: line, column, line, column, from 0. Before that the same for
    its key, if it has one. Numbers take a third of the memory of the parser's own marks.

    The end of a collection is not known: libyaml puts it after the blank lines that follow."""


MAX_DEPTH = 64
MAX_NODES = 100_000
"""Counted with aliases expanded: what a walker of the tree would visit. A text counts as one value
for every 100 characters begun, so that an alias bomb cannot be made of long texts either."""
TEXT_PER_NODE = 100


class MappingNode(dict[str, Any]):
    """`reading`: the model that it was read as, without a mistake; None before that."""

    __slots__ = ("marks", "reading")

    def __init__(self) -> None:
        self.marks: dict[str, Marks] = {}
        self.reading: object = None


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
    if found[:-4] and (key or not complete or is_collection):
        return span_of(tree.file, found[:-4])
    place = found[-4:]
    return span_of(tree.file, (*place[:2], *place[:2]) if is_collection else place)


def _marks_of(node: Any, step: str | int) -> Marks | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        return node.marks.get(step)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.marks):
        return node.marks[step]
    return None


def span_of(file: str, place: Marks) -> Span:
    """The place of a key or of a value."""
    line, column, end_line, end_column = place
    return Span(
        file=file, line=line + 1, column=column + 1, end_line=end_line + 1,
        end_column=end_column + 1,
    )  # fmt: skip
