"""A tree → instances of the language's models, by the JSON Schema that pydantic made of them.

Reads the narrow form that `normal_form.py` describes. What is right is read by `acceptance.py`, in
one go. Else all is walked here, which finds every mistake, and says one thing a mistake: a choice
is decided by the value's type or its tag before anything inside it is judged. A test holds that it
accepts exactly what pydantic and a JSON Schema library accept. What is said of a mistake is in
`complaints.py`, which a spec without mistakes never loads.

After a mistake it reads on with what was probably meant, or without the part that is wrong, so that
the checks can look at the rest in the same run.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.acceptance import NotRight, Readers
from mlspec.language.forms import matcher, type_of, wanted_type
from mlspec.source.problem import Problem
from mlspec.source.tree import MappingNode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mlspec.language.complaints import Complaint, Complaints
    from mlspec.record import Record
    from mlspec.source.tree import Path


__all__ = ["INVALID", "MAX_PROBLEMS", "Gaps", "Layers", "Outcome", "Validator", "has", "matcher"]

INVALID: Any = object()
"""Stands for a value that could not be read; it never leaves this module inside a model."""


LEAVES = frozenset((str, bool, int, float))
"""The types of most values: what is right of them needs no second look."""

MAX_PROBLEMS = 200
"""After so many, a document is none of ours, and looking for what was meant takes too long."""


class _TooManyError(Exception):
    pass


class Gaps(NamedTuple):
    """Where a value is not all that was written. Paths are those of the tree."""

    lost: list[Path]
    """What was left out."""
    guessed: list[Path]
    """What was read as something else, to go on with."""
    renamed: dict[Path, str]
    """Keys that were read as others: the path with the other → how the key is written."""
    elsewhere: set[Path]
    """Where keys belong that were meant by others, and so are not missing."""


class Layers(NamedTuple):
    """What a tree was merged from. Who writes an overlay sees only its keys beside each other."""

    base: Any
    patch: Any
    name: str
    fixed: Collection[str]
    """Keys of the root that no overlay may have."""


class Outcome(NamedTuple):
    """What became of a tree. Where there are problems, `value` is the best that could be made of
    the rest: fit to be checked, and for nothing else. INVALID: nothing could."""

    value: Any
    problems: list[Problem]
    gaps: Gaps


class Validator:
    """Reads trees by one schema. `models` gives the class of each `$defs` entry and of the root."""

    def __init__(
        self, schema: Mapping[str, Any], models: Mapping[str, type[Record]], root: str
    ) -> None:
        self._schema = schema
        self._definitions = schema["$defs"]
        self._models = models
        self._root = root
        self._problems: list[Problem] = []
        self._readers = Readers(schema, models)
        self._read_root = self._readers.of_model(models[root], schema)

    def read(self, tree: Any, layers: Layers | None = None) -> Outcome:
        """The root model, and the problems in the order of the walk. A tree that was merged comes
        with its layers: what an overlay leaves as it is in a base without mistakes is not read
        again."""
        self._gaps = Gaps([], [], {}, set())
        try:
            if isinstance(tree, dict):
                return Outcome(self._read_root(tree), [], self._gaps)
        except NotRight:
            pass
        return self._walked(tree, layers)

    def _walked(self, tree: Any, layers: Layers | None) -> Outcome:
        self._tree, self._layers = tree, layers
        self._problems = []
        self._missing: dict[Path, Problem] = {}
        try:
            value = self._model(self._root, self._schema, tree, ())
        except _TooManyError:
            value = INVALID
        written = [self._missing[path] for path in self._gaps.elsewhere & self._missing.keys()]
        problems = [each for each in self._problems if each not in written]
        return Outcome(value, problems, self._gaps)

    @cached_property
    def _say(self) -> Complaints:
        from mlspec.language.complaints import Complaints

        return Complaints(self._schema)

    def _report(self, problem: Problem) -> Any:
        if len(self._problems) == MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} mistakes: the rest of the file is not judged"
            help = "mend those above first"
            self._problems.append(problem._replace(message=message, label="", help=help))
            raise _TooManyError
        self._problems.append(problem)
        return INVALID

    def _complain(self, complaint: Complaint) -> Any:
        """Reports it. Returns what was meant, or INVALID."""
        self._report(complaint.problem)
        if complaint.stands_for:
            self._gaps.elsewhere.add(complaint.stands_for)
        return INVALID if complaint.meant is None else complaint.meant

    def _wrong_type(self, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if type_of(value) == "unreadable":  # which the parser has reported
            return INVALID
        meant = self._complain(self._say.wrong_type(schema, value, path))
        if meant is INVALID:
            return INVALID
        self._gaps.guessed.append(path)
        return self._value(schema, meant, path)

    def _not_a_choice(self, complaint: Complaint, path: Path) -> Any:
        meant = self._complain(complaint)
        if meant is not INVALID:
            self._gaps.guessed.append(path)
        return meant

    def _value(self, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if type(value) in LEAVES:
            with suppress(NotRight):
                return self._readers.of(schema)[type(value)](value)
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._model(name, self._definitions[name], value, path)
        if "discriminator" in schema:
            return self._tagged(schema, value, path)
        if "anyOf" in schema:
            return self._choice(schema["anyOf"], value, path)
        found = type_of(value)
        wanted = schema.get("type")
        if wanted is not None and found != wanted and (found, wanted) != ("integer", "number"):
            return self._wrong_type(schema, value, path)
        if found == "string":
            return self._text(schema, value, path)
        if found in ("integer", "number"):
            return self._number(schema, value, path)
        if found == "array":
            return self._list(schema, value, path)
        if found == "object":
            return self._map(schema, value, path)
        return value

    def _text(self, schema: Mapping[str, Any], value: str, path: Path) -> Any:
        if "const" in schema and value != schema["const"]:
            return self._not_a_choice(self._say.not_a_choice([schema["const"]], value, path), path)
        if "enum" in schema and value not in schema["enum"]:
            return self._not_a_choice(self._say.not_a_choice(schema["enum"], value, path), path)
        if len(value) < schema.get("minLength", 0):
            return self._report(self._say.empty(path))
        if len(value) > schema.get("maxLength", len(value)):
            return self._report(self._say.too_long(schema["maxLength"], path))
        if "pattern" in schema and not matcher(schema["pattern"])(value):
            return self._report(self._say.wrong_form(schema, value, path))
        return value

    def _number(self, schema: Mapping[str, Any], value: float, path: Path) -> Any:
        too_small = value < schema.get("minimum", value)
        too_small = too_small or value <= schema.get("exclusiveMinimum", -inf)
        if too_small or value > schema.get("maximum", value):
            return self._report(self._say.out_of_range(schema, value, path))
        return value

    def _list(self, schema: Mapping[str, Any], value: list[Any], path: Path) -> Any:
        items = [
            self._value(schema["items"], item, (*path, number)) for number, item in enumerate(value)
        ]
        if INVALID not in items:
            return tuple(items)
        self._gaps.lost.append(path)  # whole: without an item, the others are not where they were
        return tuple(item for item in items if item is not INVALID)

    def _map(self, schema: Mapping[str, Any], value: dict[str, Any], path: Path) -> Any:
        values = schema.get("additionalProperties", True)
        if values is True:
            return value
        names, result = schema.get("propertyNames", {}), {}
        is_name = matcher(names["pattern"]) if "pattern" in names else None
        for key, inner in value.items():
            where = (*path, key)
            if is_name is not None and not is_name(key):
                problem = self._say.wrong_form(names, key, where, on_key=True)
                self._report(problem)
                self._gaps.lost.append(where)
                if problem.repair:
                    self._gaps.elsewhere.add((*path, str(problem.repair.text)))
            elif (found := self._value(values, inner, where)) is INVALID:
                self._gaps.lost.append(where)
            else:
                result[key] = found
        return result

    def _model(self, name: str, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            wanted = {"$ref": f"#/$defs/{name}"} if path else {"type": "object"}
            return self._wrong_type(wanted, value, path)
        if isinstance(value, MappingNode) and type(value.reading) is self._models[name]:
            return value.reading
        fields, properties = {}, schema["properties"]
        required = schema.get("required", ())
        for key, inner in value.items():
            known = key
            if key not in properties:
                if key.startswith("x-"):
                    continue
                known = self._known_key(name, properties, (*path, key))
            if known != key and known in value:  # in the base: it is to be merged first
                self._gaps.renamed[(*path, known)] = key
                continue
            found = INVALID
            if known and known not in fields:
                found = self._value(properties[known], inner, (*path, key))
            if found is INVALID:
                if known not in required:  # else something stands in for it
                    self._gaps.lost.append((*path, key))
                continue
            fields[known] = found
            if known != key:
                self._gaps.renamed[(*path, known)] = key
        if missing := [key for key in required if key not in fields]:
            self._report_missing([key for key in missing if key not in value], schema, path)
        for key in missing:
            fields[key] = self._stand_in(properties[key])
            if fields[key] is INVALID:
                return INVALID
            self._gaps.guessed.append((*path, key))
        return self._models[name](**fields)

    def _known_key(self, model: str, properties: Mapping[str, Any], path: Path) -> str:
        """The key that must have been meant by an unknown one; empty if none must."""
        layers, tree, overlay = self._layers, self._tree, ""
        if layers is not None and not has(layers.patch, path):
            tree = layers.base
        elif layers is not None:
            tree, overlay = layers.patch, layers.name
            if len(path) == 1:
                properties = {k: v for k, v in properties.items() if k not in layers.fixed}
        complaint = self._say.unknown_key(model, properties, tree, path, overlay=overlay)
        meant = self._complain(complaint)
        return "" if meant is INVALID else str(meant)

    def _report_missing(self, keys: list[str], schema: Mapping[str, Any], path: Path) -> None:
        properties = schema["properties"]
        for key, problem in self._say.missing_keys(keys, properties, self._tree, path):
            self._missing[(*path, key)] = problem
            self._report(problem)

    def _stand_in(self, schema: Mapping[str, Any]) -> Any:
        """Something of the right form, to go on with where there is nothing."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            model = self._definitions[name]
            parts = {
                key: self._stand_in(model["properties"][key]) for key in model.get("required", ())
            }
            return INVALID if INVALID in parts.values() else self._models[name](**parts)
        if "anyOf" in schema:
            return self._stand_in(schema["anyOf"][0])
        for key in ("const", "enum", "examples"):
            if key in schema:
                return schema[key] if key == "const" else schema[key][0]
        if schema.get("type") == "string" and "pattern" not in schema:
            return "?"
        empty: dict[str, Any] = {"array": (), "object": {}}
        return empty.get(schema.get("type", ""), INVALID)

    def _tagged(self, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._wrong_type(schema, value, path)
        discriminator = schema["discriminator"]
        tag, mapping = discriminator["propertyName"], discriminator["mapping"]
        if tag not in value:
            self._complain(self._say.missing_tag(discriminator, self._tree, path))
            return INVALID
        name = value[tag]
        if not isinstance(name, str):
            return self._wrong_type({"type": "string", "enum": list(mapping)}, name, (*path, tag))
        if name not in mapping:
            where = (*path, tag)
            name = self._not_a_choice(self._say.not_a_tag(discriminator, name, where), where)
            if name is INVALID:
                return INVALID
            value = {**value, tag: name}
        return self._value({"$ref": mapping[name]}, value, path)

    def _choice(self, branches: Sequence[Mapping[str, Any]], value: Any, path: Path) -> Any:
        found = type_of(value)
        for branch in branches:
            wanted = wanted_type(branch)
            if found == wanted or (found, wanted) == ("integer", "number"):
                return self._value(branch, value, path)
        return self._wrong_type({"anyOf": branches}, value, path)


def has(tree: Any, path: Path) -> bool:
    """Whether there is a key at the path."""
    for step in path[:-1]:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(tree, dict) and path[-1] in tree
