"""How wide text is, without a font to ask: what is drawn must fit whichever sans-serif is there.

The widths are those of DejaVu Sans, rounded up: wider than Helvetica, Segoe UI, Roboto, San
Francisco, so text never leaves its box, and at worst leaves some of it free.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, east_asian_width

from mlspec.diagnostics.visible import visible

_WIDTHS = {
    "iljI.,:;'|!": 0.34,
    ' ftr()[]/\\-"`·': 0.42,
    "cszkvxyJ_*{}°": 0.59,
    "mw": 0.98,
    "MW%@…": 1.02,
    "ABCDEGHKNOPQRSTUVXYZ&": 0.78,
    "<>=+~≤≥": 0.84,
}  # all else: 0.64
_WIDTH_OF = {char: width for chars, width in _WIDTHS.items() for char in chars}
_OTHERS = 0.64
_BOLD = 1.1
ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """In the unit of `size`, at most."""
    return sum(map(_of, text)) * size * (_BOLD if bold else 1)


@lru_cache(maxsize=1024)
def _of(char: str) -> float:
    if char in _WIDTH_OF:
        return _WIDTH_OF[char]
    if char.isascii():
        return _OTHERS
    if category(char) in ("Mn", "Me"):
        return 0.0
    wide = east_asian_width(char) in ("W", "F", "A")
    return 1.4 if wide or char > "\uffff" else 0.9


def clipped(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """As much of the text as fits, made safe to show; an ellipsis tells that there was more."""
    text = visible(text)
    if width(text, size, bold=bold) <= room:
        return text
    room -= width(ELLIPSIS, size, bold=bold)
    kept = 0
    for char in text:
        room -= width(char, size, bold=bold)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def wrapped(text: str, room: float, size: float, lines: int) -> list[str]:
    """The text broken at spaces into at most so many lines; the last is clipped."""
    found: list[str] = []
    rest = visible(" ".join(text.split()))
    while rest and len(found) < lines - 1 and width(rest, size) > room:
        head = _fitting(rest, room, size)
        if not head:  # a word that is too long by itself
            break
        found.append(rest[:head].rstrip())
        rest = rest[head:].lstrip()
    return [*found, clipped(rest, room, size)] if rest else found


def _fitting(text: str, room: float, size: float) -> int:
    """How many characters there are before the last space up to which the text fits."""
    space = 0
    for position, char in enumerate(text):
        room -= width(char, size)
        if room < 0:
            break
        if char == " ":
            space = position
    return space
