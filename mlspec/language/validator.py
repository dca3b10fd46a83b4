"""A tree → instances of the language's models, by the JSON Schema that pydantic made of them.

Reads the narrow form that `normal_form.py` describes, finds every mistake in one walk, and says one
thing a mistake: a choice is decided by the value's type or its tag before anything inside it is
judged. A test holds that it accepts exactly what pydantic and a JSON Schema library accept.

After a mistake it reads on with what was probably meant, or without the part that is wrong, so that
the checks can look at the rest in the same run.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.not_yet import NOT_YET
from mlspec.language.suggestions import is_slip, nearest, shown
from mlspec.source.problem import Problem, Repair

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlspec.record import Record
    from mlspec.source.tree import Path


INVALID: Any = object()
"""Stands for a value that could not be read; it never leaves this module inside a model."""


class Gaps(NamedTuple):
    """Where a value is not all that was written. Paths are those of the tree."""

    lost: list[Path]
    """What was left out."""
    guessed: list[Path]
    """What was read as something else, to go on with."""
    renamed: dict[Path, str]
    """Keys that were read as others: the path with the other → how the key is written."""


class Outcome(NamedTuple):
    """What became of a tree. Where there are problems, `value` is the best that could be made of
    the rest: fit to be checked, and for nothing else. INVALID: nothing could."""

    value: Any
    problems: list[Problem]
    gaps: Gaps


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

    def read(self, tree: Any) -> Outcome:
        """The root model, and the problems in the order of the walk."""
        self._problems = []
        self._gaps = Gaps([], [], {})
        value = self._model(self._root, self._schema, tree, ())
        return Outcome(value, self._problems, self._gaps)

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
            return self._list(schema, value, path)
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

    def _list(self, schema: Mapping[str, Any], value: list[Any], path: Path) -> Any:
        items = [self._value(schema["items"], item, (*path, i)) for i, item in enumerate(value)]
        if INVALID not in items:
            return tuple(items)
        self._gaps.lost.append(path)  # whole: without an item, the others are not where they were
        return tuple(item for item in items if item is not INVALID)

    def _map(self, schema: Mapping[str, Any], value: dict[str, Any], path: Path) -> Any:
        values = schema.get("additionalProperties", True)
        if values is True:
            return value
        names, result = schema.get("propertyNames", {}), {}
        for key, inner in value.items():
            where = (*path, key)
            if "pattern" in names and not matcher(names["pattern"])(key):
                self._wrong_form(names, key, where, on_key=True)
                self._gaps.lost.append(where)
            elif (found := self._value(values, inner, where)) is INVALID:
                self._gaps.lost.append(where)
            else:
                result[key] = found
        return result

    def _model(self, name: str, schema: Mapping[str, Any], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._wrong_type({"type": "object"}, value, path)
        fields, properties = {}, schema["properties"]
        required = schema.get("required", ())
        for key, inner in value.items():
            known: str | None = key
            if key not in properties:
                if key.startswith("x-"):
                    continue
                known = self._unknown_key(name, key, properties, (*path, key), value)
            found = INVALID
            if known is not None and known not in fields:
                found = self._value(properties[known], inner, (*path, key))
            if found is INVALID or known is None:
                if known not in required:  # else something stands in for it
                    self._gaps.lost.append((*path, key))
                continue
            fields[known] = found
            if known != key:
                self._gaps.renamed[(*path, known)] = key
        for key in required:
            if key not in fields:
                if key not in value and not self._is_misspelt(key, value, properties):
                    self._missing_key(key, properties[key], path)
                fields[key] = self._stand_in(properties[key])
                if fields[key] is INVALID:
                    return INVALID
                self._gaps.guessed.append((*path, key))
        return self._models[name](**fields)

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
        name = value[tag]
        if not isinstance(name, str):
            return self._wrong_type({"type": "string"}, name, (*path, tag))
        if name not in mapping:
            name = self._not_a_choice(list(mapping), name, (*path, tag))
            if name is INVALID:
                return INVALID
            return self._value({"$ref": mapping[name]}, {**value, tag: name}, path)
        return self._value({"$ref": mapping[name]}, value, path)

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
        if found == "unreadable":
            return INVALID
        branches = schema.get("anyOf", [schema])
        wanted = ["object" if "$ref" in b else str(b.get("type")) for b in branches]
        words = [_TYPE_WORDS[w] for w in wanted if not (w == "integer" and "number" in wanted)]
        where = _place(path)
        if found == "null":
            message, help = f"{where} has no value", f"give it {_either(words)}, or remove it"
            return self._report("MLS103", path, message, label=_article(found), help=help)
        message = f"{where} must be {_either(words)}, not {_TYPE_WORDS[found]}"
        by_type = dict(zip(wanted, branches, strict=True))
        meant = meant_by(value, found, by_type)
        self._report(
            "MLS103", path, message, label=_article(found), help=meant.help, repair=meant.repair
        )
        if meant.value is INVALID:
            return INVALID
        self._gaps.guessed.append(path)
        return self._value(schema, meant.value, path)

    def _not_a_choice(self, choices: Sequence[str], value: Any, path: Path) -> Any:
        key = path[-1] if isinstance(path[-1], str) else "this item"
        near = nearest(str(value), choices)
        is_sure = near is not None and is_slip(str(value), near, choices)
        help = f"did you mean `{near}`?" if near else ""
        if len(choices) == 1 and not near:
            help = f"write `{choices[0]}`"
        elif len(choices) > 1 and not is_sure:
            help += (" " if help else "") + f"It is one of: {', '.join(map(str, choices))}"
        message = f"`{shown(value)}` is not a value that `{key}` can have"
        repair = Repair(f"write `{near}`", near, is_safe=is_sure) if near else None
        self._report("MLS104", path, message, help=help, repair=repair)
        if not is_sure:
            return INVALID
        self._gaps.guessed.append(path)
        return near

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
    ) -> str | None:
        """Reports it. Returns the key that must have been meant, if one must."""
        if key in NOT_YET.get(model, ()):
            self._report(
                "MLS107", path, f"`{key}` is planned, but mlspec does not do it yet",
                help="remove it: a key that does nothing would be a lie", on_key=True,
            )  # fmt: skip
            return None
        free = [name for name in properties if name not in given]
        near = nearest(key, free)
        if planned := nearest(key, NOT_YET.get(model, ())) if near is None else None:
            help = f"`{planned}` is planned, but mlspec does not do it yet"
        else:
            keys = ", ".join(properties)
            help = f"did you mean `{near}`?" if near else f"the keys here are: {keys}"
        place = f"in `{path[-2]}`" if len(path) > 1 else "at the top of the document"
        everything = [*properties, *NOT_YET.get(model, ())]
        is_sure = near is not None and is_slip(key, near, everything)
        repair = Repair(f"write `{near}`", near, is_safe=is_sure) if near else None
        self._report(
            "MLS101", path, f"there is no key `{shown(key)}` {place}", help=help, on_key=True,
            repair=repair,
        )  # fmt: skip
        return near if is_sure else None

    def _is_misspelt(self, key: str, given: Any, properties: Mapping[str, Any]) -> bool:
        """Whether a key that is there was probably meant: then that one is reported alone."""
        strange = [n for n in given if n not in properties and not n.startswith("x-")]
        return nearest(key, strange) is not None

    def _missing_key(self, key: str, schema: Mapping[str, Any], path: Path) -> None:
        place = f"in `{path[-1]}`" if path else "at the top of the document"
        about = schema.get("description", "")
        if not about and "$ref" in schema:
            about = self._definitions[schema["$ref"].rpartition("/")[2]].get("description", "")
        help, repair = f"`{key}`: {about}", None
        if "const" in schema:
            line = f"{key}: {schema['const']}"
            help, repair = f"add `{line}`", Repair(f"add `{line}`", line, is_safe=not path)
        self._report(
            "MLS102", path, f"`{key}` is missing {place}", help=help, on_key=True, repair=repair
        )


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


_QUOTES = Repair("put it in quotes", around=('"', '"'), is_safe=True)


class _Meant(NamedTuple):
    """What a value of the wrong type probably means, and how to say so. INVALID: nobody knows."""

    value: Any = INVALID
    help: str = ""
    repair: Repair | None = None


def meant_by(value: Any, found: str, wanted: Mapping[str, Mapping[str, Any]]) -> _Meant:
    """`wanted`: the types that are possible there, each with its schema."""
    if "string" in wanted and found in ("integer", "number", "boolean"):
        return _as_text(wanted["string"], value)
    if "boolean" in wanted and value in ("yes", "no", "on", "off"):
        word = "true" if value in ("yes", "on") else "false"
        help = f"YAML 1.2 reads `{value}` as text; write true or false"
        return _Meant(word == "true", help, Repair(f"write {word}", word, is_safe=True))
    if "array" in wanted and found == "string":
        items = wanted["array"].get("items", {})
        if items.get("type") == "string":
            repair = Repair("make it a list", around=("[", "]"), is_safe="," not in value)
            return _Meant([value], f"write [{shown(value)}]", repair)
        return _Meant(help=f"write [{shown(value)}]")
    return _Meant()


def _as_text(schema: Mapping[str, Any], value: Any) -> _Meant:
    """What to do about a number or a truth value where text of that form is wanted."""
    text = shown(value)
    if "pattern" in schema and not matcher(schema["pattern"])(text):
        examples = schema.get("examples") or ()
        return _Meant(help=f"for example `{examples[0]}`" if examples else "")
    if "enum" in schema and text not in schema["enum"]:
        return _Meant(help=f"It is one of: {', '.join(map(str, schema['enum']))}")
    return _Meant(text, "put it in quotes", _QUOTES)


def _place(path: Path) -> str:
    return f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this item"


def _either(words: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def _article(json_type: str) -> str:
    return f"this is {_TYPE_WORDS[json_type]}"
