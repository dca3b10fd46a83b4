"""Plain scalars by the YAML 1.2 core schema: `no` and `1:30` are text, `0o7` is seven.

https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
MAY_BE_SPECIAL = frozenset(("", *"-+.0123456789~nNtTfF"))
"""How a plain scalar begins that may be more than the text that it is."""

MAX_DIGITS = 64
"""Beyond any number that means something here, and far below what makes int() slow."""

_number: re.Pattern[str] | None = None


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain (unquoted, untagged) scalar. Raises ValueError on a number that is not
    finite or has too many digits."""
    if text[:1] not in MAY_BE_SPECIAL:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    return _resolve_number(text)


def is_text(scalar: str) -> bool:
    """Whether a plain scalar is read as the text that it is, and so needs no quotes."""
    try:
        return resolve(scalar) == scalar
    except ValueError:
        return False


def _resolve_number(text: str) -> str | int | float:
    global _number
    if _number is None:
        _number = re.compile(
            r"(?P<int>[-+]?[0-9]+)|(?P<octal>0o[0-7]+)|(?P<hex>0x[0-9a-fA-F]+)"
            r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
            r"|(?P<special>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
        )
    match = _number.fullmatch(text)
    if match is None:
        return text
    if match.lastgroup == "special":
        raise ValueError(f"`{text}` is not a finite number")
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} characters is too long")
    return _number_of(text, match.lastgroup)


def _number_of(text: str, form: str | None) -> int | float:
    if form == "int":
        return int(text)
    if form == "octal":
        return int(text[2:], 8)
    if form == "hex":
        return int(text[2:], 16)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"`{text}` is too large for a number")
    return value
