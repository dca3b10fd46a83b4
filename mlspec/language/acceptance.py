"""What is right by a schema, read in one go. Nearly every document is.

A reader is a function for one schema and one type of value: it returns what the value is read as,
and raises NotRight at the first mistake. It keeps no path and says nothing: `validator.py` then
looks again, at its leisure, for what is wrong. A test holds that both read the same.

Readers are worked out once a process, and only for what is met.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from mlspec.language.forms import matcher, wanted_type
from mlspec.source.tree import MappingNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from mlspec.record import Record

    Reader: TypeAlias = Callable[[Any], Any]

_JSON_TYPES: dict[type, tuple[str, ...]] = {
    str: ("string",), bool: ("boolean",), int: ("integer", "number"), float: ("number",),
    type(None): ("null",),
}  # fmt: skip


class NotRight(Exception):
    """A value has a mistake somewhere in it."""


class Readers:
    """The readers of one schema. `models` gives the class of each `$defs` entry."""

    def __init__(self, schema: Mapping[str, Any], models: Mapping[str, type[Record]]) -> None:
        self._definitions = schema["$defs"]
        self._models = models
        self._by_schema: dict[int, ReadersByType] = {}
        self._by_model: dict[str, Reader] = {}

    def of(self, schema: Mapping[str, Any]) -> ReadersByType:
        """By identity: the schema is part of the one that was given, and stays."""
        found = self._by_schema.get(id(schema))
        if found is None:
            self._by_schema[id(schema)] = found = ReadersByType(self, schema)
        return found

    def of_reference(self, reference: str) -> Reader:
        name = reference.rpartition("/")[2]
        found = self._by_model.get(name)
        if found is None:
            found = self.of_model(self._models[name], self._definitions[name])
            self._by_model[name] = found
        return found

    def of_model(self, model: type[Record], schema: Mapping[str, Any]) -> Reader:
        """What a mapping is read as is kept with it, for the overlays that leave it as it is."""
        properties = ReadersByKey(self, schema["properties"])
        defaults, size, make = model._defaults, len(model._fields), model.of

        def read(value: dict[str, Any]) -> Any:
            node = value if isinstance(value, MappingNode) else None
            if node is not None and type(node.reading) is model:
                return node.reading
            fields = defaults.copy()
            for key, inner in value.items():
                readers = properties[key]
                if readers is None:
                    if key.startswith("x-"):
                        continue
                    raise NotRight
                fields[key] = readers[type(inner)](inner)
            if len(fields) != size:  # a key is missing
                raise NotRight
            found = make(fields)
            if node is not None:
                node.reading = found
            return found

        return read

    def of_choice(self, discriminator: Mapping[str, Any]) -> Reader:
        tag, mapping = discriminator["propertyName"], discriminator["mapping"]

        def read(value: dict[str, Any]) -> Any:
            name = value.get(tag)
            if type(name) is not str or name not in mapping:
                raise NotRight
            return self.of_reference(mapping[name])(value)

        return read

    def of_map(self, schema: Mapping[str, Any]) -> Reader:
        values = schema.get("additionalProperties", True)
        if values is True:
            return _as_it_is
        names = schema.get("propertyNames", {})
        is_name = matcher(names["pattern"]) if "pattern" in names else _anything
        readers = self.of(values)

        def read(value: dict[str, Any]) -> dict[str, Any]:
            if not all(map(is_name, value)):
                raise NotRight
            return {key: readers[type(inner)](inner) for key, inner in value.items()}

        return read

    def of_list(self, schema: Mapping[str, Any]) -> Reader:
        readers = self.of(schema["items"])

        def read(value: list[Any]) -> tuple[Any, ...]:
            return tuple([readers[type(item)](item) for item in value])

        return read


class ReadersByKey(dict[str, "ReadersByType | None"]):
    """Key of a model → the readers of what stands there; None for one that it does not have."""

    def __init__(self, readers: Readers, properties: Mapping[str, Any]) -> None:
        self._readers, self._properties = readers, properties

    def __missing__(self, key: str) -> ReadersByType | None:
        if key not in self._properties:
            return None
        self[key] = found = self._readers.of(self._properties[key])
        return found


class ReadersByType(dict[type, "Reader"]):
    """Python type → the reader of a value of it."""

    def __init__(self, readers: Readers, schema: Mapping[str, Any]) -> None:
        self._readers, self._schema = readers, schema

    def __missing__(self, kind: type) -> Reader:
        self[kind] = found = self._of_mapping() if issubclass(kind, dict) else self._of(kind)
        return found

    def _of_mapping(self) -> Reader:
        if "discriminator" in self._schema:
            return self._readers.of_choice(self._schema["discriminator"])
        for branch in self._schema.get("anyOf") or [self._schema]:
            if "$ref" in branch:
                return self._readers.of_reference(branch["$ref"])
            if wanted_type(branch) == "object":
                return self._readers.of_map(branch)
        return _refuse

    def _of(self, kind: type) -> Reader:
        wanted = ("array",) if issubclass(kind, list) else _JSON_TYPES.get(kind, ())
        for branch in self._schema.get("anyOf") or [self._schema]:
            if branch.get("type") in wanted:  # the first of that type counts
                if "array" in wanted:
                    return self._readers.of_list(branch)
                return _text(branch) if kind is str else _number(branch)
        return _refuse


def _anything(_value: Any) -> bool:
    return True


def _as_it_is(value: Any) -> Any:
    return value


def _refuse(_value: Any) -> Any:
    raise NotRight


def _only(tests: Sequence[Callable[[Any], object]]) -> Reader:
    def read(value: Any) -> Any:
        for test in tests:
            if not test(value):
                raise NotRight
        return value

    return read if tests else _as_it_is


def _text(schema: Mapping[str, Any]) -> Reader:
    tests: list[Callable[[Any], object]] = []
    if "const" in schema:
        tests.append(frozenset((schema["const"],)).__contains__)
    if "enum" in schema:
        tests.append(frozenset(schema["enum"]).__contains__)
    if "pattern" in schema:
        tests.append(matcher(schema["pattern"]))
    if "minLength" in schema or "maxLength" in schema:
        low, high = schema.get("minLength", 0), schema.get("maxLength", inf)
        tests.append(lambda value: low <= len(value) <= high)
    return _only(tests)


def _number(schema: Mapping[str, Any]) -> Reader:
    """Of a truth value and of null too, which no schema bounds."""
    low, high = schema.get("minimum", -inf), schema.get("maximum", inf)
    above = schema.get("exclusiveMinimum", -inf)
    if low == above == -inf and high == inf:
        return _as_it_is
    return _only([lambda value: low <= value <= high and value > above])
