"""The declared schema of a data set, as `check --schema` is given it: column to constraints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlspec.runtime.errors import UsageError
from mlspec.runtime.extras import need
from mlspec.runtime.values import INT64_LIMIT, KINDS, WRONG, arrow_type, from_python

ORDERED = ("int", "float", "date", "timestamp")
KEYS = ("type", "min", "max", "enum", "pattern", "nullable", "unique", "pii")


@dataclass(frozen=True, slots=True)
class Column:
    """One column's constraints; bounds and members are already values of its type."""

    name: str
    type: str
    min: Any = None
    max: Any = None
    enum: tuple[Any, ...] = ()
    pattern: str = ""
    nullable: bool = False
    unique: bool = False
    pii: bool = False


def parse_schema(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Raises UsageError that names the column and the key that is wrong."""
    return tuple(_parse_column(name, rules) for name, rules in schema.items())


def _parse_column(name: str, rules: Any) -> Column:
    if not isinstance(rules, dict):
        raise UsageError(f"--schema: {name}: expected a map of constraints, found {rules!r}")
    unknown = [key for key in rules if key not in KEYS]
    if unknown:
        raise UsageError(f"--schema: {name}: unknown {unknown}; known: {', '.join(KEYS)}")
    kind = rules.get("type")
    if kind not in KINDS:
        raise UsageError(f"--schema: {name}: type: expected one of {KINDS}, found {kind!r}")
    return Column(
        name=name,
        type=kind,
        min=_bound(name, kind, "min", rules.get("min")),
        max=_bound(name, kind, "max", rules.get("max")),
        enum=_members(name, kind, rules.get("enum")),
        pattern=_pattern(name, kind, rules.get("pattern")),
        **{key: _flag(name, key, rules.get(key)) for key in ("nullable", "unique", "pii")},
    )


def _bound(name: str, kind: str, key: str, value: Any) -> Any:
    if value is None:
        return None
    if kind not in ORDERED:
        raise UsageError(f"--schema: {name}: {key} applies to {ORDERED}, not to {kind}")
    if kind == "int":
        return _whole_bound(name, key, _value(name, "float", key, value), value)
    return _value(name, kind, key, value)


def _whole_bound(name: str, key: str, number: float, given: Any) -> int | None:
    """The whole number that bounds as the given one does: at least 0.5 is at least 1.

    Exact, since a float holds only the integers up to 2**53; None where no 64-bit integer is cut
    off.
    """
    if abs(number) == math.inf:
        raise UsageError(f"--schema: {name}: {key}: expected a finite number, found {given!r}")
    bound: int = math.ceil(given) if key == "min" else math.floor(given)
    if -INT64_LIMIT <= bound < INT64_LIMIT:
        return bound
    if (bound > 0) == (key == "max"):
        return None
    raise UsageError(f"--schema: {name}: {key}: expected a 64-bit integer, found {given!r}")


def _members(name: str, kind: str, values: Any) -> tuple[Any, ...]:
    if values is None:
        return ()
    if not isinstance(values, list) or not values:
        raise UsageError(f"--schema: {name}: enum: expected a list of values, found {values!r}")
    return tuple(_value(name, kind, "enum", value) for value in values)


def _value(name: str, kind: str, key: str, value: Any) -> Any:
    found = from_python(value, kind) if value is not None else WRONG
    if found is WRONG or found is None:
        raise UsageError(f"--schema: {name}: {key}: expected a {kind}, found {value!r}")
    return found


def _pattern(name: str, kind: str, pattern: Any) -> str:
    if pattern is None:
        return ""
    if kind != "string" or not isinstance(pattern, str):
        raise UsageError(f"--schema: {name}: pattern: expected a regular expression for a string")
    pa, pc = need("pyarrow"), need("pyarrow.compute")
    try:
        pc.match_substring_regex(pa.array([""], arrow_type("string")), whole(pattern))
    except pa.ArrowInvalid as err:
        raise UsageError(f"--schema: {name}: pattern: {str(err).splitlines()[0]}") from err
    return pattern


def whole(pattern: str) -> str:
    """A pattern describes the whole value, so that a forgotten anchor lets nothing through."""
    return rf"\A(?:{pattern})\z"


def _flag(name: str, key: str, value: Any) -> bool:
    if value not in (None, True, False) or (isinstance(value, int) and not isinstance(value, bool)):
        raise UsageError(f"--schema: {name}: {key}: expected true or false, found {value!r}")
    return bool(value)
