"""A place in an expression → the place in platform.yaml where that stands.

YAML folds, indents and escapes a text, but leaves its visible characters in their order: the n-th
of the value is the n-th of what is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics import Span
from mlspec.diagnostics.excerpt import split_lines
from mlspec.source.tree import span_at

if TYPE_CHECKING:
    from mlspec.source.tree import Path, Tree


def place_in(tree: Tree, path: Path, value: str, offset: int, width: int) -> Span:
    """Where `width` characters from `offset` (from 0) of the text at a path stand; the whole text
    where that cannot be told."""
    span = span_at(tree, path)
    if not span.line:
        return span
    written = _written(tree, span)
    wanted = sum(1 for character in value[:offset] if not character.isspace())
    at_end = not value[offset:].strip()
    found = [place for character, *place in written if not character.isspace()]
    visible = sum(1 for character in value if not character.isspace())
    if not found or len(found) != visible or value.isspace():
        return span
    line, column = found[-1] if at_end else found[min(wanted, len(found) - 1)]
    column += 1 if at_end and offset >= len(value.rstrip()) else 0
    return Span(
        file=tree.file, line=line, column=column, end_line=line, end_column=column + max(1, width)
    )


def _written(tree: Tree, span: Span) -> list[tuple[str, int, int]]:
    """The characters of a scalar as they are written, each with its line and column, without what
    only YAML reads."""
    lines = split_lines(tree.text)[span.line - 1 : span.end_line]
    places = [
        (character, span.line + number, column)
        for number, line in enumerate(lines)
        for column, character in enumerate(line, 1)
        if (span.line + number, column) >= (span.line, span.column)
        and (span.line + number, column) < (span.end_line, span.end_column)
    ]
    first = places[0][0] if places else ""
    if first in "|>":
        return [each for each in places if each[1] > span.line]
    if first in "\"'":
        return _unquoted(places[1:-1], first)
    return places


def _unquoted(places: list[tuple[str, int, int]], quote: str) -> list[tuple[str, int, int]]:
    """Without the characters that escape others."""
    escape, found, skip = "\\" if quote == '"' else "'", [], False
    for each in places:
        if each[0] == escape and not skip:
            skip = True
            continue
        # `\n` is a space in the value; other escapes stand for one visible character.
        if not (skip and quote == '"' and each[0] in "nrt \t"):
            found.append(each)
        skip = False
    return found
