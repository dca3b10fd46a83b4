"""Excerpts: the lines of a source file that a diagnostic points at, with marks under them.

Called by the text writer. Knows nothing of severities or colours: it gives rows, each in parts, and
the writer paints them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import pieces, visible
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mlspec.diagnostics.diagnostic import Diagnostic, Span

MAX_CELLS = 100
"""How much of a long line is shown. A choice of ours: with the gutter it fits 120 columns."""

MAX_INNER_LINES = 4
"""A span over more lines than this and its two ends is shown with its middle left out."""

SECRET_CODES = frozenset({"MLS401"})
"""Codes whose span is a secret: an excerpt would copy it into every CI log."""


class Row(Record):
    """A row of an excerpt: a line's number (0: none), the bar of a long span, text, or marks."""

    number: int = 0
    bar: str = ""
    text: str = ""
    marks: str = ""


class Region(Record):
    """A span as offsets into the lines of a file, none of them outside it."""

    top: int
    start: int
    bottom: int
    end: int


class Window(Record):
    """As much of a line as is shown, and the cells of it (`begin` up to `end`) that are marked."""

    text: str
    begin: int
    end: int
    is_cut_left: bool


class SourceLines:
    """The lines of source files, each file read once, with secrets masked."""

    def __init__(
        self, sources: Callable[[str], str | None], diagnostics: Iterable[Diagnostic]
    ) -> None:
        self._sources = sources
        self._secrets = [d.span for d in diagnostics if d.code in SECRET_CODES]
        self._files: dict[str, list[str] | None] = {}

    def of(self, file: str) -> list[str] | None:
        """The lines of `file`, or None when it cannot be read."""
        if file not in self._files:
            text = self._sources(file)
            self._files[file] = None if text is None else self._masked(file, split_lines(text))
        return self._files[file]

    def _masked(self, file: str, lines: list[str]) -> list[str]:
        for span in self._secrets:
            if span.file == file and span.line:
                _mask(lines, locate(span, lines))
        return lines


def split_lines(text: str) -> list[str]:
    """The lines of `text` as the YAML parser counts them: libyaml breaks at NEL, LS and PS too."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for other in "\r\x85\u2028\u2029":
        text = text.replace(other, "\n")
    return text.split("\n")


def locate(span: Span, lines: list[str]) -> Region:
    """`span`, brought inside `lines`, without the blank tail that a block mapping's span has."""
    top = min(span.line, len(lines)) - 1
    text = lines[top]
    if span.column < 1:  # only the line is known: all of it but its indentation
        end = len(text.rstrip())
        return Region(top=top, start=min(len(text) - len(text.lstrip()), end), bottom=top, end=end)
    start = len(text) if span.line > len(lines) else min(span.column - 1, len(text))
    bottom = min(span.end_line, len(lines)) - 1
    end = max(0, min(span.end_column - 1, len(lines[bottom])))
    if (bottom, end) <= (top, start):
        return Region(top=top, start=start, bottom=top, end=start)
    while bottom > top and not lines[bottom][:end].strip():
        bottom -= 1
        end = len(lines[bottom].rstrip())
    if bottom == top:
        end = max(end, start)
    return Region(top=top, start=start, bottom=bottom, end=end)


def _mask(lines: list[str], region: Region) -> None:
    for index in range(region.top, region.bottom + 1):
        line = lines[index]
        start = region.start if index == region.top else len(line) - len(line.lstrip())
        end = region.end if index == region.bottom else len(line)
        lines[index] = line[:start] + "*" * (end - start) + line[end:]


def excerpt(lines: list[str], span: Span, label: str, mark: str = "^") -> list[Row]:
    """The rows that show `span`, `label` beside the marks."""
    region = locate(span, lines)
    label = visible(" ".join(label.split("\n")).rstrip())
    if region.top == region.bottom:
        return _one_line(lines, region, label, mark)
    return _many_lines(lines, region, label, mark)


def last_line(lines: list[str], span: Span) -> int:
    """The largest line number that `excerpt` shows for `span`."""
    return locate(span, lines).bottom + 1


def _one_line(lines: list[str], region: Region, label: str, mark: str) -> list[Row]:
    shown = window(lines[region.top], region.start, region.end)
    marks = " " * shown.begin + mark * max(1, shown.end - shown.begin)
    return [
        *_line_before(lines, region.top),
        Row(number=region.top + 1, text=shown.text),
        Row(marks=f"{marks} {label}".rstrip()),
    ]


def _line_before(lines: list[str], top: int) -> list[Row]:
    """A blank line says nothing of where it is, so the text just above it is shown as well."""
    if lines[top].strip():
        return []
    for index in range(top - 1, max(-1, top - 4), -1):
        if lines[index].strip():
            return [Row(number=i + 1, text=window(lines[i], 0, 0).text) for i in range(index, top)]
    return []


def _many_lines(lines: list[str], region: Region, label: str, mark: str) -> list[Row]:
    first = window(lines[region.top], region.start, region.start)
    last = window(lines[region.bottom], max(0, region.end - 1), region.end)
    if lines[region.top][: region.start].strip() or first.is_cut_left:
        rows = [
            Row(number=region.top + 1, bar="  ", text=first.text),
            Row(marks=" " + "_" * (first.begin + 1) + mark),
        ]
    else:
        rows = [Row(number=region.top + 1, bar="/ ", text=first.text)]
    rows.extend(_inner_lines(lines, region))
    rows.append(Row(number=region.bottom + 1, bar="| ", text=last.text))
    rows.append(Row(marks=f"|{'_' * (last.begin + 1)}{mark} {label}".rstrip()))
    return rows


def _inner_lines(lines: list[str], region: Region) -> list[Row]:
    inner = range(region.top + 1, region.bottom)
    head, tail = inner, inner[:0]
    if len(inner) > MAX_INNER_LINES:
        head, tail = inner[: MAX_INNER_LINES // 2], inner[-1:]
    rows = [Row(number=i + 1, bar="| ", text=window(lines[i], 0, 0).text) for i in head]
    if tail:
        rows.append(Row(bar="| ", text="..."))
    rows.extend(Row(number=i + 1, bar="| ", text=window(lines[i], 0, 0).text) for i in tail)
    return rows


def window(line: str, start: int, end: int) -> Window:
    """The part of `line` around its characters `start` up to `end` that fits into MAX_CELLS."""
    # Only this much is looked at: a line may be megabytes long, and each shown cell is a character.
    low = max(0, start - MAX_CELLS)
    high = min(len(line), min(end, start + MAX_CELLS) + MAX_CELLS)
    shown = pieces(line[low:high])
    edges = list(accumulate((width for _, width in shown), initial=0))
    begin, stop = edges[start - low], edges[min(end, high) - low]
    if low == 0 and high == len(line) and edges[-1] <= MAX_CELLS:
        first, last = 0, len(shown)
    else:
        first, last = _fit(edges, begin, stop)
    is_cut_left, is_cut_right = low + first > 0, low + last < len(line)
    shift = is_cut_left - edges[first]
    text = "".join(piece for piece, _ in shown[first:last])
    return Window(
        text="…" * is_cut_left + text + "…" * is_cut_right,
        begin=begin + shift,
        end=max(begin, min(stop, edges[last])) + shift,
        is_cut_left=is_cut_left,
    )


def _fit(edges: list[int], begin: int, stop: int) -> tuple[int, int]:
    """The first and last piece of a line to show, with the marked cells as near the middle as the
    ends of the line allow; of a mark that is too long, its beginning."""
    room = MAX_CELLS - 2  # for the two ellipses
    left = begin - (room - min(stop - begin, room // 2)) // 2
    left = max(0, min(left, edges[-1] - room))
    return bisect_left(edges, left), bisect_right(edges, left + room) - 1
