"""Plain values to canonical YAML, in the style of `kubectl get -o yaml`.

Block style, two spaces a level, a list at the column of its key (as kubectl, kustomize and the
Kubernetes documentation show it), the order of insertion, no folding, no anchors, no tags. Text
stands plain only where every parser between Git and the cluster reads it back as that very text:
PyYAML, go-yaml v2 and v3 (YAML 1.1, each with other gaps) and YAML 1.2 parsers like ruamel.yaml.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

# Characters that are written as escapes: what YAML does not call printable, what YAML 1.1 takes for
# a line break, and what a reader cannot see (odd spaces, soft hyphen, direction marks, tags).
# A fixed list, because str.isprintable() changes with the Unicode tables of each Python version.
# ZWNJ and ZWJ (200C, 200D) are not in it: Persian text and emoji need them.
_UNSEEN_ABOVE_ASCII = (
    r"\x7f-\xa0\xad\u061c\u115f\u1160\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
_UNSEEN = r"\x00-\x1f" + _UNSEEN_ABOVE_ASCII
_find_unseen = re.compile(f"[{_UNSEEN}]").search
_escape_all = re.compile(rf'[{_UNSEEN}"\\]').sub
_find_surrogate = re.compile(r"[\ud800-\udfff]").search

# Words: what some YAML 1.1 parser takes for a boolean, null or float, in any mix of case. Text that
# begins with a digit: plain only where no number, date, time, version or base-60 reading is
# possible: go-yaml drops underscores first and reads "0_x1f" as 31, Ruby reads "1,000" as 1000, and
# the float pattern of YAML 1.1 takes even "1.2.3".
_is_plain = re.compile(
    rf"""
    (?! (?i: y|n|yes|no|on|off|true|false|null|nan|inf ) \Z )
    (?! .* (?: :[ ] | [ ]\# | [: ]\Z ) )
    (?:
        (?=[0-9]) (?! [0-9][0-9_.,:eE+\-TtZz]*\Z ) (?! 0_*[xXoObB] ) [^ {_UNSEEN}]+
      | (?: [A-Za-z/_$(] | --?[A-Za-z] | \.\.?/ | [^\x00-\x7f{_UNSEEN_ABOVE_ASCII}] ) [^{_UNSEEN}]*
    )
    \Z
    """,
    re.VERBOSE,
).match

_begins_block = re.compile(rf"\n*[^ {_UNSEEN}]").match
_find_unseen_in_block = re.compile(rf"[\x00-\x09\x0b-\x1f{_UNSEEN_ABOVE_ASCII}]").search

# A key that shares a line with its value may have 1024 characters (YAML 1.2.2, 7.4.2 and 8.2.2).
_LONGEST_SIMPLE_KEY = 1000

# The texts of manifests come again and again ("name", "metadata", "http"), so what each becomes is
# kept: short ones only, and a bounded number of them.
_CACHE_SIZE = 8192
_LONGEST_CACHED = 120
_cache: dict[str, str] = {}


def dump(value: Any) -> str:
    """One YAML document that ends in a newline.

    Takes dict (with str keys), list, tuple, str, int, float, bool and None, nested; not their
    subclasses, so that no enum or lazy string slips through.
    TypeError: a value or key of another type. ValueError: NaN or an infinity, half of a surrogate
    pair, nesting that is circular or deeper than a parser would follow.
    """
    out: list[str] = []
    try:
        kind = type(value)
        if kind is dict and value:
            _write_mapping(value, "", "", out.append)
        elif (kind is list or kind is tuple) and value:
            _write_sequence(value, "", "", out.append)
        else:
            out.append(_scalar(value, "") + "\n")
    except RecursionError:
        raise ValueError("the value contains itself, or is nested too deeply for YAML") from None
    return "".join(out)


def _write_mapping(
    mapping: dict[str, Any], lead: str, indent: str, emit: Callable[[str], None]
) -> None:
    """Write a mapping whose keys stand at `indent`; `lead` (with any dashes) precedes the first."""
    deeper = indent + "  "
    for key, value in mapping.items():
        # The type first: an enum's member may be equal to a text that was written before.
        name = (type(key) is str and _cache.get(key)) or _key(key, indent)
        kind = type(value)
        if kind is str:
            text = _cache.get(value) or _text(value, indent)
            emit(f"{lead}{name}: {text}\n")
        elif kind is dict and value:
            emit(f"{lead}{name}:\n")
            _write_mapping(value, deeper, deeper, emit)
        elif (kind is list or kind is tuple) and value:
            emit(f"{lead}{name}:\n")
            _write_sequence(value, indent, indent, emit)
        else:
            emit(f"{lead}{name}: {_scalar(value, indent)}\n")
        lead = indent


def _write_sequence(
    items: Sequence[Any], lead: str, indent: str, emit: Callable[[str], None]
) -> None:
    """Write a sequence whose dashes stand at `indent`; `lead` precedes the first."""
    deeper = indent + "  "
    for value in items:
        kind = type(value)
        if kind is dict and value:
            _write_mapping(value, lead + "- ", deeper, emit)
        elif (kind is list or kind is tuple) and value:
            _write_sequence(value, lead + "- ", deeper, emit)
        else:
            emit(f"{lead}- {_scalar(value, indent)}\n")
        lead = indent


def _scalar(value: Any, indent: str) -> str:
    """Whatever fits behind "key: " or "- "."""
    kind = type(value)
    if kind is str:
        return _cache.get(value) or _text(value, indent)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        return _float(value)
    if kind is dict:
        return "{}"
    if kind is list or kind is tuple:
        return "[]"
    raise TypeError(f"{kind.__name__} cannot be written as YAML: {value!r:.80}")


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"{value} cannot be written: JSON, and so Kubernetes, has no such number")
    text = repr(value)
    # YAML 1.1 reads 1e+16 as text: its floats must have a point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _key(key: Any, indent: str) -> str:
    if type(key) is not str:
        raise TypeError(f"a key must be text, not {type(key).__name__}: {key!r:.80}")
    text = _line(key)
    return text if len(text) <= _LONGEST_SIMPLE_KEY else f"? {text}\n{indent}"


def _text(text: str, indent: str) -> str:
    """Text as a literal block where it has lines and may be one, otherwise on one line."""
    if "\n" not in text or not _is_block(text):
        return _line(text)
    pad = f"\n{indent}  "
    head, body = ("|", text[:-1]) if text.endswith("\n") else ("|-", text)
    return head + "".join([pad + line if line else "\n" for line in body.split("\n")])


def _is_block(text: str) -> bool:
    """A literal block begins with no space (the parser finds the indentation by it), ends in at
    most one newline, and holds nothing that a reader could not see: no tab, no space at the end of
    a line. Four searches: one pattern for it all took a third of the writer's time."""
    return (
        _begins_block(text) is not None
        and " \n" not in text
        and not text.endswith((" ", "\n\n"))
        and _find_unseen_in_block(text) is None
    )


def _line(text: str) -> str:
    """Text on one line: plain, or in double quotes, or in single ones where they escape less."""
    if _is_plain(text):
        line = text
    elif _find_unseen(text):
        line = f'"{_escape_all(_escape, text)}"'
    elif '"' in text or "\\" in text:
        line = "'" + text.replace("'", "''") + "'"
    else:
        line = f'"{text}"'
    if _find_surrogate(text):
        raise ValueError(f"half of a surrogate pair is not text: {text!r:.80}")
    # A key is never a block, so text with a newline depends on where it stands.
    if len(text) <= _LONGEST_CACHED and "\n" not in text:
        if len(_cache) >= _CACHE_SIZE:
            _cache.clear()
        _cache[text] = line
    return line


_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    point = ord(char)
    if short := _SHORT_ESCAPES.get(char):
        return short
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
