"""Trees that follow a document's schema, more or less: what a spec could be, and could not."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from mlspec.package_data import schemas_folder
from tests.fuzz import bases
from tests.fuzz.hostile import NAMES, NUMBERS, OTHERS, RAWS, STRINGS, Raw, copied

if TYPE_CHECKING:
    from tests.fuzz.bases import Kind
    from tests.fuzz.choices import Choices

MOST_NODES = 400


@cache
def schema_of(kind: Kind) -> dict[str, Any]:
    text = (schemas_folder() / f"{kind}.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def keys_of(kind: Kind) -> tuple[str, ...]:
    """Every key that the document's language has anywhere."""
    schema = schema_of(kind)
    models = [schema, *schema["$defs"].values()]
    return tuple(dict.fromkeys(key for model in models for key in model.get("properties", ())))


def tree(kind: Kind, choices: Choices) -> Any:
    """A document; without choices left, the shortest one that has what is required."""
    return _Generator(kind, choices).model(schema_of(kind), 0)


def anything(choices: Choices, depth: int = 0) -> Any:
    """A value of any kind."""
    form = choices.below(16 if depth < 5 else 12)
    if form < 5:
        return choices.pick(STRINGS)
    if form < 7:
        return choices.pick(NUMBERS)
    if form < 9:
        return copied(choices.pick(OTHERS))
    if form < 11:
        return Raw(choices.pick(RAWS))
    if form == 11:
        return choices.some_bytes(40).decode("utf-8", "replace")
    inner = [anything(choices, depth + 1) for _ in range(choices.below(5))]
    if form < 14:
        return inner
    return {choices.pick(STRINGS): value for value in inner}


class _Generator:
    def __init__(self, kind: Kind, choices: Choices) -> None:
        self.kind = kind
        self.choices = choices
        self.definitions = schema_of(kind)["$defs"]
        self.words = bases.values(kind)
        self.nodes = 0

    def model(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema["properties"]
        chosen = [key for key in properties if key in schema.get("required", ())]
        if depth < 8:
            optional = [key for key in properties if key not in chosen]
            chosen += [key for key in optional if self.choices.below(3) == 1]
        result = {key: self.value(properties[key], key, depth + 1) for key in chosen}
        if self.choices.once_in(20):
            result[self.odd_key()] = anything(self.choices)
        if result and self.choices.once_in(30):
            result.pop(self.choices.pick(list(result)))
        return result

    def odd_key(self) -> str:
        if self.choices.below(2):
            return self.choices.pick(STRINGS)
        return self.choices.pick(keys_of(self.kind))

    def value(self, schema: dict[str, Any], key: str, depth: int) -> Any:
        self.nodes += 1
        if self.choices.once_in(24):
            return anything(self.choices)
        if key in self.words and self.choices.below(4) == 1:
            return copied(self.choices.pick(self.words[key]))
        if self.nodes > MOST_NODES:
            return None
        if "$ref" in schema:
            return self.model(self.definitions[schema["$ref"].rpartition("/")[2]], depth)
        if "discriminator" in schema:
            tags = list(schema["discriminator"]["mapping"].values())
            return self.value({"$ref": self.choices.pick(tags)}, key, depth)
        if "anyOf" in schema:
            return self.value(self.choices.pick(schema["anyOf"]), key, depth)
        return self.typed(schema, key, depth)

    def typed(self, schema: dict[str, Any], key: str, depth: int) -> Any:
        kind = schema.get("type")
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.choices.pick(schema["enum"])
        if kind == "string":
            return self.string(schema, key)
        if kind in ("integer", "number"):
            low = schema.get("minimum", 0)
            return low + self.choices.below(schema.get("maximum", 100) - low + 1)
        if kind == "boolean":
            return self.choices.below(2) == 1
        if kind == "array":
            return [
                self.value(schema["items"], key, depth + 1) for _ in range(self.choices.below(4))
            ]
        return self.mapping(schema, key, depth)

    def string(self, schema: dict[str, Any], key: str) -> str:
        known = [word for word in self.words.get(key, ()) if isinstance(word, str)]
        form = self.choices.below(6)
        if form == 1:
            return self.choices.pick(NAMES)
        if form == 2:
            return self.choices.pick(STRINGS)
        return self.choices.pick([*known, *schema.get("examples", ())] or NAMES)

    def mapping(self, schema: dict[str, Any], key: str, depth: int) -> Any:
        inner = schema.get("additionalProperties", True)
        if inner is True:  # an overlay: a project again, or a part of one
            return self.overlay(depth) if key == "environments" else {}
        names = [
            name for word in self.words.get(key, ()) if isinstance(word, dict) for name in word
        ]
        names = names or list(schema.get("propertyNames", {}).get("examples", NAMES))
        result = {}
        for _ in range(self.choices.below(4)):
            name = self.choices.pick(NAMES if self.choices.below(6) == 1 else names)
            if key == "environments" and self.kind == "project":
                result[name] = self.overlay(depth)
            else:
                result[name] = self.value(inner, name, depth + 1)
        return result

    def overlay(self, depth: int) -> Any:
        if depth > 4 or self.choices.below(3) == 0:
            return {}
        patch = self.model({"properties": schema_of(self.kind)["properties"]}, depth + 3)
        return {key: None if self.choices.once_in(5) else value for key, value in patch.items()}
