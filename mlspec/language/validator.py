"""A tree → instances of the language's models, by the JSON Schema that pydantic made of them.

Reads the narrow form that `normal_form.py` describes, finds every mistake in one walk, and says one
thing a mistake: a choice is decided by the value's type or its tag before anything inside it is
judged. A test holds that it accepts exactly what pydantic and a JSON Schema library accept.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from mlspec.language.not_yet import NOT_YET
from mlspec.language.suggestions import nearest, shown
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlspec.record import Record
    from mlspec.source.tree import Path


INVALID: Any = object()
"""Stands for a value that could not be read; it never leaves this module inside a model."""

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys to values",
    "null": "nothing",
}
_PYTHON_TYPES = {
    str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null",
}  # fmt: skip


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

    def read(self, tree: Any) -> tuple[Any, list[Problem]]:
        """The root model, or INVALID, and the problems in the order of the walk."""
        self._problems = []
        value = self._model(self._root, self._schema, tree, ())
        return value, self._problems

    def _report(self, code: str, path: Path, message: str, **more: Any) -> Any:
        self._problems.append(Problem(code, path, message, **more))
        return INVALID

    def _value(self, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._model(name, self._definitions[name], value, path)
        if "discriminator" in schema:
            return self._tagged(schema["discriminator"], value, path)
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
            items = [self._value(schema["items"], item, (*path, i)) for i, item in enumerate(value)]
            return INVALID if INVALID in items else tuple(items)
        if found == "object":
            return self._map(schema, value, path)
        return value

    def _text(self, schema: Mapping[str, Any], value: str, path: Path) -> Any:
        if "const" in schema and value != schema["const"]:
            return self._not_a_choice([schema["const"]], value, path)
        if "enum" in schema and value not in schema["enum"]:
            return self._not_a_choice(schema["enum"], value, path)
        if len(value) < schema.get("minLength", 0):
            return self._report("MLS105", path, f"{_place(path)} is empty")
        if len(value) > schema.get("maxLength", len(value)):
            limit = schema["maxLength"]
            return self._report("MLS106", path, f"the text is longer than {limit} characters")
        if "pattern" in schema and not matcher(schema["pattern"])(value):
            return self._wrong_form(schema, value, path)
        return value

    def _number(self, schema: Mapping[str, Any], value: float, path: Path) -> Any:
        low, high = schema.get("minimum"), schema.get("maximum")
        above = schema.get("exclusiveMinimum")
        if above is not None and value <= above:
            return self._report(
                "MLS106", path, f"{value} is too small: more than {above} is needed"
            )
        if low is not None and value < low:
            return self._report("MLS106", path, f"{value} is too small: {low} is the least")
        if high is not None and value > high:
            return self._report("MLS106", path, f"{value} is too large: {high} is the most")
        return value

    def _map(self, schema: Mapping[str, Any], value: dict[str, Any], path: Path) -> Any:
        values = schema.get("additionalProperties", True)
        if values is True:
            return value
        names, result, ok = schema.get("propertyNames", {}), {}, True
        for key, inner in value.items():
            where = (*path, key)
            if "pattern" in names and not matcher(names["pattern"])(key):
                self._wrong_form(names, key, where, on_key=True)
                ok = False
                continue
            result[key] = self._value(values, inner, where)
            ok = ok and result[key] is not INVALID
        return result if ok else INVALID

    def _model(self, name: str, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._wrong_type({"type": "object"}, value, path)
        fields, ok, properties = {}, True, schema["properties"]
        for key, inner in value.items():
            if key in properties:
                fields[key] = self._value(properties[key], inner, (*path, key))
                ok = ok and fields[key] is not INVALID
            elif not key.startswith("x-"):
                self._unknown_key(name, key, properties, (*path, key), value)
                ok = False
        for key in schema.get("required", ()):
            if key not in value:
                ok = False
                if not self._is_misspelt(key, value, properties):
                    self._missing_key(key, properties[key], path)
        return self._models[name](**fields) if ok else INVALID

    def _tagged(self, discriminator: Mapping[str, Any], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._wrong_type({"type": "object"}, value, path)
        tag, mapping = discriminator["propertyName"], discriminator["mapping"]
        if tag not in value:
            models = [self._definitions[ref.rpartition("/")[2]] for ref in mapping.values()]
            known = {key for model in models for key in model["properties"]}
            strange = [n for n in value if n not in known and not n.startswith("x-")]
            if near := nearest(tag, strange):
                self._unknown_key("", near, {tag: {}}, (*path, near), value)
                return INVALID
            help = f"add `{tag}:` with one of: {', '.join(mapping)}"
            return self._report("MLS102", path, f"`{tag}` is missing", help=help, on_key=True)
        if not isinstance(value[tag], str):
            return self._wrong_type({"type": "string"}, value[tag], (*path, tag))
        if value[tag] not in mapping:
            return self._not_a_choice(list(mapping), value[tag], (*path, tag))
        return self._value({"$ref": mapping[value[tag]]}, value, path)

    def _choice(self, branches: Sequence[Mapping[str, Any]], value: Any, path: Path) -> Any:
        found = type_of(value)
        for branch in branches:
            wanted = "object" if "$ref" in branch else branch.get("type")
            if found == wanted or (found, wanted) == ("integer", "number"):
                return self._value(branch, value, path)
        return self._wrong_type({"anyOf": branches}, value, path)

    # ── what is said ──────────────────────────────────────────────────────────────────────────

    def _wrong_type(self, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        found = type_of(value)
        branches = schema.get("anyOf", [schema])
        wanted = ["object" if "$ref" in b else str(b.get("type")) for b in branches]
        words = [_TYPE_WORDS[w] for w in wanted if not (w == "integer" and "number" in wanted)]
        where = _place(path)
        if found == "null":
            message, help = f"{where} has no value", f"give it {_either(words)}, or remove it"
        else:
            message = f"{where} must be {_either(words)}, not {_TYPE_WORDS[found]}"
            help = ""
            if "string" in wanted and found in ("integer", "number", "boolean"):
                help = _as_text(branches[wanted.index("string")], value)
            elif "boolean" in wanted and value in ("yes", "no", "on", "off"):
                help = f"YAML 1.2 reads `{value}` as text; write true or false"
            elif "array" in wanted and found == "string":
                help = f"write [{shown(value)}]"
        return self._report("MLS103", path, message, label=_article(found), help=help)

    def _not_a_choice(self, choices: Sequence[str], value: Any, path: Path) -> Any:
        key = path[-1] if isinstance(path[-1], str) else "this item"
        near = nearest(str(value), choices)
        help = f"did you mean `{near}`?" if near else ""
        if len(choices) > 1:
            help += (" " if help else "") + f"It is one of: {', '.join(map(str, choices))}"
        elif not near:
            help = f"write `{choices[0]}`"
        message = f"`{shown(value)}` is not a value that `{key}` can have"
        return self._report("MLS104", path, message, help=help)

    def _wrong_form(
        self, schema: Mapping[str, Any], value: str, path: Path, on_key: bool = False
    ) -> Any:
        says = schema.get("patternErrorMessage", f"text of the form {schema['pattern']}")
        examples = schema.get("examples") or ()
        help = f"for example `{examples[0]}`" if examples else ""
        message = f"`{shown(value)}` is not {says}"
        return self._report("MLS105", path, message, help=help, on_key=on_key)

    def _unknown_key(
        self, model: str, key: str, properties: Mapping[str, Any], path: Path, given: Any
    ) -> None:
        if key in NOT_YET.get(model, ()):
            self._report(
                "MLS107", path, f"`{key}` is planned, but mlspec does not do it yet",
                help="remove it: a key that does nothing would be a lie", on_key=True,
            )  # fmt: skip
            return
        free = [name for name in properties if name not in given]
        near = nearest(key, free)
        if planned := nearest(key, NOT_YET.get(model, ())) if near is None else None:
            help = f"`{planned}` is planned, but mlspec does not do it yet"
        else:
            keys = ", ".join(properties)
            help = f"did you mean `{near}`?" if near else f"the keys here are: {keys}"
        place = f"in `{path[-2]}`" if len(path) > 1 else "at the top of the document"
        self._report(
            "MLS101", path, f"there is no key `{shown(key)}` {place}", help=help, on_key=True
        )

    def _is_misspelt(self, key: str, given: Any, properties: Mapping[str, Any]) -> bool:
        """Whether a key that is there was probably meant: then that one is reported alone."""
        strange = [n for n in given if n not in properties and not n.startswith("x-")]
        return nearest(key, strange) is not None

    def _missing_key(self, key: str, schema: Mapping[str, Any], path: Path) -> None:
        place = f"in `{path[-1]}`" if path else "at the top of the document"
        about = schema.get("description", "")
        if not about and "$ref" in schema:
            about = self._definitions[schema["$ref"].rpartition("/")[2]].get("description", "")
        help = f"add `{key}: {schema['const']}`" if "const" in schema else f"`{key}`: {about}"
        self._report("MLS102", path, f"`{key}` is missing {place}", help=help, on_key=True)


def type_of(value: Any) -> str:
    """The JSON type of a value of the tree."""
    simple = _PYTHON_TYPES.get(type(value))
    if simple is not None:
        return simple
    return "object" if isinstance(value, dict) else "array"


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """A function that says whether the whole text matches a schema's `^…$` pattern. (Python's `$`
    would also match before a final newline.)"""
    return re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch


def _as_text(schema: Mapping[str, Any], value: Any) -> str:
    """What to do about a number or a truth value where text of that form is wanted."""
    text = shown(value)
    if "pattern" in schema and not matcher(schema["pattern"])(text):
        examples = schema.get("examples") or ()
        return f"for example `{examples[0]}`" if examples else ""
    if "enum" in schema and text not in schema["enum"]:
        return f"It is one of: {', '.join(map(str, schema['enum']))}"
    return "put it in quotes"


def _place(path: Path) -> str:
    return f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this item"


def _either(words: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def _article(json_type: str) -> str:
    return f"this is {_TYPE_WORDS[json_type]}"
