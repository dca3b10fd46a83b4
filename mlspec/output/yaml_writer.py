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
    from collections.abc import Sequence
    from typing import Any

# What text may be plain. Words: what some YAML 1.1 parser takes for a boolean, null or float, in
# any mix of case. Text that begins with a digit: plain only where no number, date, time, version or
# base-60 reading is possible: go-yaml drops underscores first and reads "0_x1f" as 31, Ruby reads
# "1,000" as 1000, and the float pattern of YAML 1.1 takes even "1.2.3".
WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
LONGEST_WORD = 5
LIKE_A_NUMBER = r"[0-9][0-9_.,:eE+\-TtZz]*\Z | 0_*[xXoObB]"
BEGINS_PLAIN = r"[A-Za-z/_$(] | --?[A-Za-z] | \.\.?/"
_is_like_a_number = re.compile(LIKE_A_NUMBER, re.VERBOSE).match
# Most names, paths and URLs at once: nothing in them that the rest below would look for.
_is_bare = re.compile(r"[A-Za-z/](?: [!-9;-~]++ | :(?=[!-~]) )*", re.VERBOSE).fullmatch
_begins_plain = re.compile(BEGINS_PLAIN, re.VERBOSE).match

# A key that shares a line with its value may have 1024 characters (YAML 1.2.2, 7.4.2 and 8.2.2).
_LONGEST_SIMPLE_KEY = 1000

# The texts of manifests come again and again ("name", "metadata", "http"), so what each becomes is
# kept: short ones only, and a bounded number of them. A value with the space before it and the end
# of its line, a key with its colon: a line is then put together from nothing but what is kept.
_CACHE_SIZE = 8192
_LONGEST_CACHED = 120
_values: dict[str, str] = {}
_keys: dict[str, str] = {}


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
            _write_mapping(value, "", "", out)
        elif (kind is list or kind is tuple) and value:
            _write_sequence(value, "", "", out)
        else:
            out.append(_value(value, "").removeprefix(" "))
    except RecursionError:
        raise ValueError("the value contains itself, or is nested too deeply for YAML") from None
    return "".join(out)


def _write_mapping(mapping: dict[str, Any], lead: str, indent: str, out: list[str]) -> None:
    """Write a mapping whose keys stand at `indent`; `lead` (with any dashes) precedes the first."""
    for key, value in mapping.items():
        # The type first: an enum's member may be equal to a text that was written before.
        name = (type(key) is str and _keys.get(key)) or _key(key, indent)
        kind = type(value)
        if kind is str:
            out += lead, name, _values.get(value) or _text(value, indent)
        elif kind is dict and value:
            out += lead, name, "\n"
            deeper = indent + "  "
            _write_mapping(value, deeper, deeper, out)
        elif (kind is list or kind is tuple) and value:
            out += lead, name, "\n"
            _write_sequence(value, indent, indent, out)
        else:
            out += lead, name, _value(value, indent)
        lead = indent


def _write_sequence(items: Sequence[Any], lead: str, indent: str, out: list[str]) -> None:
    """Write a sequence whose dashes stand at `indent`; `lead` precedes the first."""
    deeper = indent + "  "
    for value in items:
        kind = type(value)
        if kind is str:
            out += lead, "-", _values.get(value) or _text(value, indent)
        elif kind is dict and value:
            _write_mapping(value, lead + "- ", deeper, out)
        elif (kind is list or kind is tuple) and value:
            _write_sequence(value, lead + "- ", deeper, out)
        else:
            out += lead, "-", _value(value, indent)
        lead = indent


def _value(value: Any, indent: str) -> str:
    """Whatever fits behind "key:" or "-", from the space to the end of the line."""
    kind = type(value)
    if kind is str:
        return _values.get(value) or _text(value, indent)
    if value is None:
        return " null\n"
    if kind is bool:
        return " true\n" if value else " false\n"
    if kind is int:
        return f" {value}\n"
    if kind is float:
        return f" {_float(value)}\n"
    if kind is dict:
        return " {}\n"
    if kind is list or kind is tuple:
        return " []\n"
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
    if len(text) > _LONGEST_SIMPLE_KEY:
        return f"? {text}\n{indent}:"
    return _kept(_keys, key, f"{text}:")


def _text(text: str, indent: str) -> str:
    """Text as a literal block where it has lines and may be one, otherwise on one line."""
    if "\n" not in text:
        is_bare = len(text) > LONGEST_WORD and _is_bare(text) is not None
        return _kept(_values, text, f" {text if is_bare else _line(text)}\n")
    if not _is_block(text):
        return f" {_line(text)}\n"
    pad = f"\n{indent}  "
    head, body = ("|", text[:-1]) if text.endswith("\n") else ("|-", text)
    # An empty line stays empty: no other is made of spaces alone, or ends in one.
    lines = f"\n{body}".replace("\n", pad).replace(f"{pad[1:]}\n", "\n")
    return f" {head}{lines}\n"


def _kept(cache: dict[str, str], text: str, written: str) -> str:
    if len(text) <= _LONGEST_CACHED:
        if len(cache) >= _CACHE_SIZE:
            cache.clear()
        cache[text] = written
    return written


def _is_block(text: str) -> bool:
    """A literal block begins with no space (the parser finds the indentation by it), ends in at
    most one newline, and holds nothing that a reader could not see: no tab, no space at the end of
    a line. Several searches: one pattern for it all took a third of the writer's time."""
    if " \n" in text or text.endswith((" ", "\n\n")):
        return False
    if _is_seen(text.replace("\n", "")):
        return text.lstrip("\n")[:1] not in ("", " ")
    from mlspec.output import unseen

    return unseen.begins_block(text) is not None and unseen.find_in_block(text) is None


def _is_seen(text: str) -> bool:
    """Whether `text` is of the characters from space to tilde alone. Nearly all is: the patterns
    for all other text are long, and not compiled before there is some. (Beyond ASCII, isprintable
    is not for us.)"""
    return text.isascii() and text.isprintable()


def _line(text: str) -> str:
    """Text on one line: plain, or in double quotes, or in single ones where they escape less."""
    may_be_plain = _may_be_plain(text)
    if not _is_seen(text):
        from mlspec.output import unseen

        if unseen.find_surrogate(text):
            raise ValueError(f"half of a surrogate pair is not text: {text!r:.80}")
        if may_be_plain and unseen.has_plain_form(text):
            return text
        if unseen.find(text):
            return f'"{unseen.escaped(text)}"'
    elif may_be_plain and _has_plain_form(text):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _may_be_plain(text: str) -> bool:
    """Whether nothing in it ends a plain scalar wherever it stands: in the pattern it took more
    than all the rest."""
    return ": " not in text and " #" not in text and not text.endswith((" ", ":"))


def _has_plain_form(text: str) -> bool:
    """The same of text that is seen, by how it begins."""
    if text[:1].isdigit():
        return " " not in text and not _is_like_a_number(text)
    is_word = len(text) <= LONGEST_WORD and text.lower() in WORDS
    return not is_word and _begins_plain(text) is not None
