"""What a value is, in JSON's words, and whether it has the form that a schema asks for.

Shared by the walk (`validator.py`) and by what is said of its mistakes (`complaints.py`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PYTHON_TYPES = {
    str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null",
}  # fmt: skip


def type_of(value: Any) -> str:
    """The JSON type of a value of the tree."""
    simple = _PYTHON_TYPES.get(type(value))
    if simple is not None:
        return simple
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "unreadable"


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """A function that says whether the whole text matches a schema's `^…$` pattern. (Python's `$`
    would also match before a final newline.)"""
    return re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch


def branches_of(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The alternatives that a schema allows; itself where it is no choice."""
    found: Sequence[Mapping[str, Any]] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return found


def wanted_type(branch: Mapping[str, Any]) -> str:
    """The JSON type of one alternative."""
    return "object" if "$ref" in branch else str(branch.get("type"))


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a text, a number or a truth value may stand there as it is."""
    return any(_fits(branch, value) for branch in branches_of(schema))


def _fits(branch: Mapping[str, Any], value: Any) -> bool:
    found, wanted = type_of(value), wanted_type(branch)
    if found in ("array", "object", "null") or found != wanted:
        return (found, wanted) == ("integer", "number")
    if "enum" in branch or "const" in branch:
        return value in branch.get("enum", [branch.get("const")])
    if found == "string":
        return bool(value) and ("pattern" not in branch or bool(matcher(branch["pattern"])(value)))
    low, high = branch.get("minimum", value), branch.get("maximum", value)
    return bool(low <= value <= high)
