"""Text made safe to show: nothing that a terminal would obey, reorder or hide gets through raw.

A spec is somebody else's text. An escape sequence in it could repaint the reviewer's terminal, a
bidirectional override could make a line read differently from what it says ("trojan source"), and a
zero-width space makes two equal-looking names differ. All of them are shown as escapes.
"""

from __future__ import annotations

import os

TAB = "    "
"""A tab is shown as four spaces wherever it stands, so that any piece of a line has one width."""

_WIDE_SPACE = "\u3000"  # the ideographic space: unprintable to Python, ordinary in CJK text
_FIRST_COMBINING = "\u0300"  # below it, every printable character is one cell wide


def visible(text: str) -> str:
    """`text` on one line, its control, bidirectional, invisible and unpaired characters escaped."""
    if text.isprintable():
        return text
    return "".join(c if _is_shown(c) else _escape(c) for c in text)


def paragraph(text: str, indent: str, limit: int = 4000) -> str:
    """`text` as lines, all but the first indented; what is beyond `limit` is only counted."""
    if len(text) > limit:
        text = f"{text[:limit]}… ({len(text) - limit} more characters)"
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return ("\n" + indent).join(visible(line) for line in lines)


def well_formed(text: str) -> str:
    """`text` without unpaired surrogates, which no UTF-8 file and no strict JSON reader accepts."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def file_name(file: str) -> str:
    """A file's name as UTF-8 text, by its bytes: the same in every locale."""
    try:
        return os.fsencode(file).decode("utf-8", "replace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return well_formed(file)


def shown_name(file: str) -> str:
    """A file's name for people: read as UTF-8 in every locale, with what is no text as escapes."""
    try:
        name = os.fsencode(file).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        name = file
    return visible(name)


def pieces(text: str) -> list[tuple[str, int]]:
    """What to show for each character of `text`, and how many terminal cells it takes."""
    if text.isascii() and text.isprintable():
        return [(char, 1) for char in text]
    return [_piece(char) for char in text]


def _is_shown(char: str) -> bool:
    return char.isprintable() or char == _WIDE_SPACE


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _piece(char: str) -> tuple[str, int]:
    if char == "\t":
        return TAB, len(TAB)
    if not _is_shown(char):
        escaped = _escape(char)
        return escaped, len(escaped)
    return char, 1 if char < _FIRST_COMBINING else _width(char)


def _width(char: str) -> int:
    # Imported here: its tables cost a megabyte, and most specs are ASCII.
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0  # combining marks, and the vowels and finals of a Hangul syllable written in parts
    return 2 if east_asian_width(char) in ("W", "F") else 1
