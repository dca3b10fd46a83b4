"""A structural proof that one JSON Schema accepts no more than others do together.

It shares no code with bin/prune_schemas.py, whose work it judges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

# Keywords that allow nothing by themselves and that neither side is held to.
_ANNOTATIONS = {"$schema", "$comment", "description", "default", "format", "title"}
_CHILDREN = {"properties", "items", "additionalProperties", "required", "type", "enum", "const"}
_LOWER_BOUNDS = {"minimum", "minLength", "minItems", "minProperties"}
_UPPER_BOUNDS = {"maximum", "maxLength", "maxItems", "maxProperties"}


def subset_errors(ours: Schema, theirs: list[Schema], path: str = "$") -> list[str]:
    """Where `ours` may accept what none of the versions `theirs` accepts; [] when nowhere."""
    return list(_walk(ours, theirs, path))


def _walk(ours: Schema, theirs: list[Schema], path: str) -> Iterator[str]:
    if not any(_fits(ours, their) for their in theirs):
        yield f"{path}: laxer than upstream"
    properties = ours.get("properties", {})
    closed = [t for t in theirs if t.get("additionalProperties") is False]
    if len(closed) == len(theirs) and _may_be(ours, "object"):
        if ours.get("additionalProperties") is not False:
            yield f"{path}: open, and upstream is closed"
        for name in properties:
            if not any(name in t.get("properties", {}) for t in theirs):
                yield f"{path}: upstream has no {name}"
    for name, schema in properties.items():
        if below := [s for t in theirs if (s := _property(t, name)) is not None]:
            yield from _walk(schema, below, f"{path}.{name}")
    for key, step in (("items", "[]"), ("additionalProperties", ".*")):
        below = [t[key] for t in theirs if isinstance(t.get(key), dict)]
        if isinstance(ours.get(key), dict) and below:
            yield from _walk(ours[key], below, path + step)
        elif below and len(below) == len(theirs) and _may_hold(ours, key):
            yield f"{path}{step}: open, and upstream is not"


def _property(schema: Schema, name: str) -> Schema | None:
    if name in schema.get("properties", {}):
        found: Schema = schema["properties"][name]
        return found
    more = schema.get("additionalProperties", {})
    return more if isinstance(more, dict) else None


def _may_hold(ours: Schema, key: str) -> bool:
    if key == "items":
        return _may_be(ours, "array")
    return _may_be(ours, "object") and ours.get("additionalProperties") is not False


def _may_be(schema: Schema, kind: str) -> bool:
    if "const" in schema:
        return False
    return "type" not in schema or kind in _types(schema)


def _types(schema: Schema) -> set[str]:
    if "const" in schema:
        return {"string"} if isinstance(schema["const"], str) else {"other"}
    types = schema.get(
        "type", ["object", "array", "string", "integer", "number", "boolean", "null"]
    )
    return {types} if isinstance(types, str) else set(types)


def _fits(ours: Schema, theirs: Schema) -> bool:
    """Whether this node alone, without what is below it, is at least as strict."""
    if "type" in theirs and not _types(ours) <= _types(theirs):
        return False
    if not set(theirs.get("required", ())) <= set(ours.get("required", ())):
        return False
    if "enum" in theirs:
        allowed = [ours["const"]] if "const" in ours else ours.get("enum", [object()])
        if not all(value in theirs["enum"] for value in allowed):
            return False
    rest = theirs.keys() - _ANNOTATIONS - _CHILDREN
    return all(k.startswith("x-kubernetes-") or _is_as_strict(ours, theirs, k) for k in rest)


def _is_as_strict(ours: Schema, theirs: Schema, key: str) -> bool:
    if key not in ours:
        return False
    if key in _LOWER_BOUNDS:
        return bool(ours[key] >= theirs[key])
    if key in _UPPER_BOUNDS:
        return bool(ours[key] <= theirs[key])
    return bool(ours[key] == theirs[key])
