"""The writer's patterns for text that is not all of printable ASCII.

In a module of its own, imported when such text comes: to compile them takes 3 ms.
"""

from __future__ import annotations

import re

from mlspec.output.yaml_writer import BEGINS_PLAIN, LIKE_A_NUMBER, WORDS

# Characters that are written as escapes: what YAML does not call printable, what YAML 1.1 takes for
# a line break, and what a reader cannot see (odd spaces, soft hyphen, direction marks, tags).
# A fixed list, because str.isprintable() changes with the Unicode tables of each Python version.
# ZWNJ and ZWJ (200C, 200D) are not in it: Persian text and emoji need them.
_ABOVE_ASCII = (
    r"\x7f-\xa0\xad\u061c\u115f\u1160\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
_UNSEEN = r"\x00-\x1f" + _ABOVE_ASCII

find = re.compile(f"[{_UNSEEN}]").search
find_surrogate = re.compile(r"[\ud800-\udfff]").search
has_plain_form = re.compile(
    rf"""
        (?! (?i: {"|".join(sorted(WORDS))} ) \Z )  # to some, U+017F is an s
        (?: (?=[0-9]) (?! {LIKE_A_NUMBER} ) [^ {_UNSEEN}]+
          | (?: {BEGINS_PLAIN} | [^\x00-\x7f{_ABOVE_ASCII}] ) [^{_UNSEEN}]*
        )
        \Z
    """,
    re.VERBOSE,
).match

begins_block = re.compile(rf"\n*[^ {_UNSEEN}]").match
find_in_block = re.compile(rf"[\x00-\x09\x0b-\x1f{_ABOVE_ASCII}]").search

_escape_all = re.compile(rf'[{_UNSEEN}"\\]').sub
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def escaped(text: str) -> str:
    """The text between double quotes."""
    return _escape_all(_escape, text)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    point = ord(char)
    if short := _SHORT_ESCAPES.get(char):
        return short
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
