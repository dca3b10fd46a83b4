"""What a schema accepts as it is: texts, numbers and truth values, which most values of a spec are.

A walk asks here first, and looks closer at what is not accepted: that is a collection, or a
mistake. What is asked for is worked out once a process, and only for schemas that are met.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from mlspec.language.forms import matcher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Test: TypeAlias = Callable[[Any], object]

_JSON_TYPES: dict[type, tuple[str, ...]] = {
    str: ("string",), bool: ("boolean",), int: ("integer", "number"), float: ("number",),
}  # fmt: skip


class Acceptance(dict[type, "Test"]):
    """Python type → a test that a value of it passes if it may stand there as it is."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    def __missing__(self, kind: type) -> Test:
        self[kind] = found = self._test(kind)
        return found

    def _test(self, kind: type) -> Test:
        if "$ref" in self._schema or "discriminator" in self._schema:
            return _nothing
        for branch in self._schema.get("anyOf") or [self._schema]:
            if branch.get("type") in _JSON_TYPES.get(kind, ()):  # the first of that type counts
                return _text(branch) if kind is str else _number(branch)
        return _nothing


class AcceptanceByKey(dict[str, Acceptance]):
    """The same for each key of a model."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def __missing__(self, key: str) -> Acceptance:
        self[key] = found = Acceptance(self._properties[key])
        return found


def _nothing(_value: Any) -> bool:
    return False


def _text(schema: Mapping[str, Any]) -> Test:
    tests: list[Test] = []
    if "const" in schema:
        tests.append(frozenset((schema["const"],)).__contains__)
    if "enum" in schema:
        tests.append(frozenset(schema["enum"]).__contains__)
    if "pattern" in schema:
        tests.append(matcher(schema["pattern"]))
    if "minLength" in schema or "maxLength" in schema:
        low, high = schema.get("minLength", 0), schema.get("maxLength", inf)
        tests.append(lambda value: low <= len(value) <= high)
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def _number(schema: Mapping[str, Any]) -> Test:
    """Of a truth value too, which no schema bounds."""
    low, high = schema.get("minimum", -inf), schema.get("maximum", inf)
    above = schema.get("exclusiveMinimum", -inf)
    return lambda value: low <= value <= high and value > above
