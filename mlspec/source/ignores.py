"""Comments that silence a diagnostic: `# mlspec: ignore[MLS204] reason`.

libyaml's events have no comments, so they are looked for in the text, and only where the text has
the words; a scanner then tells comments from the inside of texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from mlspec.diagnostics import Span
from mlspec.diagnostics.excerpt import split_lines
from mlspec.diagnostics.policy import Ignore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.tree import Tree

MAX_IGNORES = 200
"""For one file; whoever ignores more should ask for other rules."""

_COMMENT = re.compile(
    # Only this form silences.
    r"(?<![^ \t])#[ \t]*(?:mlspec:[ \t]*ignore\b(?P<bracket>\[(?P<codes>[^\]#]*)\])?"
    # These do not, but were meant to.
    r"|(?P<wrong>(?:mlspec[ \t:-]*)?(?:ignore|noqa|disable|nolint|silence|suppress|allow)"
    r"(?=[a-z]{0,3}\b[^#]*\bMLS\d{3})))"
    # A further comment on the same line is not part of the reason, but `see #12` is.
    r"(?P<reason>(?:(?![ \t]#(?!\d)).)*)",
    re.IGNORECASE,
)
_CODE = re.compile(r"\bMLS\d{3}\b", re.IGNORECASE)


def ignores_in(tree: Tree) -> list[Ignore]:
    """The comments of a file that silence something, or were meant to, in their order."""
    lines = split_lines(tree.text)
    found = [
        (number, match)
        for number, line in enumerate(lines, 1)
        if "#" in line
        for match in _COMMENT.finditer(line)
    ]
    if not found:
        return []
    texts = sorted(_texts(tree.text))
    comments = [each for each in found if not _is_within((each[0], each[1].start() + 1), texts)]
    after = _lines_after_comments(lines)
    return [_ignore(tree.file, lines, *each, after) for each in comments[:MAX_IGNORES]]


def _ignore(
    file: str, lines: list[str], number: int, match: re.Match[str], after: list[int]
) -> Ignore:
    line = lines[number - 1]
    is_alone = line.lstrip().startswith("#")
    codes = tuple(re.split(r"[\s,]+", match["codes"].strip())) if match["codes"] else ()
    if match["wrong"] or not match["bracket"]:
        codes = tuple(_CODE.findall(match["reason"]))
    inside = match.span("codes") if match["codes"] else (match.end(), match.end())
    return Ignore(
        span=_span(file, number, match.start(), match.end()),
        line=after[number - 1] if is_alone else number,
        codes=tuple(dict.fromkeys(code.upper() for code in codes if code)),
        reason=match["reason"].strip(" \t:-"),
        is_well_formed=bool(match["bracket"]) and not match["wrong"],
        bracket=_span(file, number, *inside),
        removal=_removal(file, lines, number, match),
    )


def _removal(file: str, lines: list[str], number: int, match: re.Match[str]) -> Span:
    """What goes when the comment goes: the line if nothing else is on it, else the blanks before
    it, too."""
    line = lines[number - 1]
    before, after = line[: match.start()], line[match.end() :]
    if before.strip() or after.strip():
        return _span(file, number, len(before.rstrip(" \t")), match.end())
    if number < len(lines):
        return Span(file=file, line=number, column=1, end_line=number + 1, end_column=1)
    return _span(file, number, 0, len(line))


def _span(file: str, number: int, start: int, end: int) -> Span:
    return Span(file=file, line=number, column=start + 1, end_line=number, end_column=end + 1)


def _lines_after_comments(lines: list[str]) -> list[int]:
    """For each line, the number of the next one that is neither a comment nor blank, or 0."""
    after = [0] * len(lines)
    next_one = 0
    for index in range(len(lines) - 1, -1, -1):
        after[index] = next_one
        if (text := lines[index].strip()) and not text.startswith("#"):
            next_one = index + 1
    return after


def _is_within(
    place: tuple[int, int], texts: list[tuple[tuple[int, int], tuple[int, int]]]
) -> bool:
    index = bisect_right(texts, place, key=lambda text: text[0]) - 1
    return index >= 0 and place < texts[index][1]


def _texts(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the scalars of a text begin and end, up to a mistake of syntax."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Any] = yaml.parse(text, loader)
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            start: Any = event.start_mark
            end: Any = event.end_mark
            first = (start.line + 1, start.column + 1)
            if event.style in ("|", ">"):  # a comment may stand beside its sign
                first = (start.line + 2, 1)
            yield first, (end.line + 1, end.column + 1)
