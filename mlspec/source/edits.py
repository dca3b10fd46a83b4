"""Fixes → bytes: applied to a file as it stands, its byte order mark and line ends kept."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlspec.diagnostics import Fix, Span

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for libyaml, by which spans count."""


class _Place(NamedTuple):
    """An edit as offsets into the text; `number` keeps what is inserted at one place in order."""

    start: int
    end: int
    number: int
    text: str


def mended(data: bytes, fixes: Sequence[Fix]) -> tuple[bytes, int]:
    """The UTF-8 file with the fixes applied, and how many were. Of fixes that touch each other the
    first is applied; the others may fit no longer."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data[len(mark) :].decode("utf-8")
    starts = [0, *(match.end() for match in _BREAK.finditer(text))]
    chosen: list[_Place] = []
    count = 0
    for number, fix in enumerate(fixes):
        places = [_Place(*_offsets(edit.span, starts), number, edit.text) for edit in fix.edits]
        if not any(_touches(place, chosen) for place in places):
            for place in places:
                insort(chosen, place)
            count += 1
    return mark + _with(text, chosen).encode("utf-8"), count


def _with(text: str, chosen: Sequence[_Place]) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    parts: list[str] = []
    done = 0
    for place in chosen:
        parts += (text[done : place.start], place.text.replace("\n", line_end))
        done = place.end
    return "".join((*parts, text[done:]))


def _offsets(span: Span, starts: Sequence[int]) -> tuple[int, int]:
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def _touches(place: _Place, chosen: Sequence[_Place]) -> bool:
    """Whether it touches one of those, which are in order and do not touch each other."""
    index = bisect_left(chosen, place)
    return any(_touch(place, other) for other in chosen[max(0, index - 1) : index + 1])


def _touch(one: _Place, other: _Place) -> bool:
    if (
        one.start == one.end or other.start == other.end
    ):  # an insertion is in nobody's way at an edge
        return one.start < other.start < one.end or other.start < one.start < other.end
    return one.start < other.end and other.start < one.end
