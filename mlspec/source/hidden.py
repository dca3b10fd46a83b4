"""Characters that a reader of a file does not see, or takes for others.

A reviewer approves what the screen shows, and mlspec reads what the file holds. Where the two may
differ ("trojan source", CVE-2021-42574), the file is refused; where a letter only looks like
another one, the message about it says so. Called by the parser, and by the validator for messages.
"""

from __future__ import annotations

import re
from functools import cache

from mlspec.diagnostics import Diagnostic, Span
from mlspec.diagnostics.diagnostic import Edit, Fix

MAX_SHOWN = 20
"""Diagnostics for one file: who hides more is told of these first."""

LINE_BREAKS = "\n\r\x85\u2028\u2029"
"""What libyaml takes for the end of a line. (Text is read with `\\r\\n` made `\\n`.)"""

_BREAK = f"[{LINE_BREAKS}]"

# The flags of England, Scotland and Wales are a black flag and the letters of the country in tag
# characters, closed by another one; there alone those belong.
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"

# Compiled where a text is not of ASCII alone, by `re`, which keeps it.
_HIDDEN = (
    # What reorders the line: the set that rustc refuses (`text_direction_codepoint_in_literal`).
    "(?P<reorders>[\u202a-\u202e\u2066-\u2069])"
    # What ends a line for the parser and not for most editors: what follows looks like a comment.
    "|(?P<breaks>[\r\x85\u2028\u2029])"
    # What has no width. Joiners are part of Persian, of Indian scripts and of emoji; after ASCII,
    # none of which joins, they only make two names differ.
    f"|{_FLAG}"
    "|(?P<unseen>[\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|(?<![^\x00-\x7f])[\u200c\u200d])"
)

_HELP = {
    "reorders": "remove it: it makes the line read differently from what it says",
    "breaks": "write a plain line end: most editors show what follows on the same line",
    "unseen": "remove it: two texts that look the same would differ",
}

_CONTROLS = {"\r": "CARRIAGE RETURN", "\x85": "NEXT LINE"}
"""Unicode gives control characters no names of their own."""


def hidden_characters(text: str, file: str) -> list[Diagnostic]:
    """MLS009 for what cannot be seen, in comments too; once a line and kind, the first of them."""
    if text.isascii() and "\r" not in text:
        return []
    found: dict[tuple[str, int], Diagnostic] = {}
    line, begin, read_to = 1, 0, 0
    for match in re.finditer(_HIDDEN, text):
        kind = match.lastgroup
        if kind is None:  # a flag
            continue
        for end in re.compile(_BREAK).finditer(text, read_to, match.start()):
            line, begin = line + 1, end.end()
        read_to = match.start()
        if (kind, line) not in found:
            column = match.start() - begin + 1
            found[kind, line] = _diagnostic(
                match[0], kind, Span(file=file, line=line, column=column)
            )
            if len(found) == MAX_SHOWN:
                break
    return list(found.values())


def _diagnostic(character: str, kind: str, place: Span) -> Diagnostic:
    span = place.replace(end_line=place.line, end_column=place.column + 1)
    is_break = kind == "breaks"
    edit = Edit(span=span, text="\n" if is_break else "")
    return Diagnostic(
        code="MLS009",
        message=f"the character {_named(character)} cannot be seen here",
        span=span,
        label="it stands here",
        help=_HELP[kind],
        # Nothing but an accident puts a character without width into a file. The others may be an
        # attack: a person has to see what the line turns into.
        fix=Fix(
            message="write a plain line end" if is_break else "remove it",
            edits=(edit,),
            is_safe=kind == "unseen",
        ),
    )


def look_alike(text: str) -> str:
    """What to say of the first character that looks like another one, or like nothing; or ""."""
    if text.isascii():
        return ""
    for character in text:
        if character.isascii():
            continue
        if (meant := _meant(character)) == " ":
            return f"there is {_named(character)} in it, not a space"
        if meant == "":
            return f"there is {_named(character)} in it, which cannot be seen"
        if meant is not None:
            return f"`{character}` in it is {_named(character)}, not `{meant}`"
    return ""


def _named(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    from unicodedata import name

    known = _CONTROLS.get(character) or name(character, "")
    return f"U+{ord(character):04X} {known}".rstrip()


def _meant(character: str) -> str | None:
    """The ASCII character that this one passes for; "" for what is not seen at all; or None."""
    from unicodedata import category, normalize

    if character in _alike():
        return _alike()[character]
    kind = category(character)
    if kind == "Zs":
        return " "
    if kind in ("Cf", "Cc", "Zl", "Zp") or re.fullmatch(_HIDDEN, character):
        return ""
    if kind == "Pd":
        return "-"
    plain = normalize("NFKC", character)  # full-width and mathematical letters
    return plain if len(plain) == 1 and plain.isascii() and plain.isprintable() else None


# From Unicode's confusables (https://www.unicode.org/Public/security/latest/confusables.txt), what
# passes for the letters, digits and signs that names and YAML are made of.
_ALIKE = (
    ("\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf", "acdehijl"),  # Cyrillic
    ("\u043e\u0440\u051b\u0455\u051d\u0445\u0443\u0475", "opqswxyv"),  # Cyrillic
    ("\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c", "ABCEHIJKM"),  # Cyrillic capitals
    ("\u041e\u0420\u0405\u0422\u0425\u0423", "OPSTXY"),  # Cyrillic capitals
    ("\u03b1\u03b3\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c9", "ayikvopuw"),  # Greek
    ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d", "ABEZHIKMN"),  # Greek capitals
    ("\u039f\u03a1\u03a4\u03a5\u03a7", "OPTYX"),  # Greek capitals
    ("\u0131\u0251\u0261", "iag"),  # Latin
    ("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"""""""'),  # quotes
    ("\u2018\u2019\u201a\u201b\u2032\u00b4", "''''''"),  # quotes
    ("\ua789\u2236", "::"),  # colons
    ("\u2212", "-"),  # minus
    ("\u3001", ","),  # commas
)


@cache
def _alike() -> dict[str, str]:
    return {one: plain for many, ones in _ALIKE for one, plain in zip(many, ones, strict=True)}
