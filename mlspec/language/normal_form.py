"""pydantic's JSON Schema → the narrow form that `validator.py` reads and editors like best.

- A key is there or not there: `null` is no value (only an environment may be empty).
- A map keyed by name is `propertyNames` and `additionalProperties`, so a bad name is an error.
- Keys that begin with `x-` are the user's own, anywhere.
- A choice among models that have a tag in common names the tag (`discriminator`, as in OpenAPI).
"""

from __future__ import annotations

from typing import Any

_OWN_KEYS: dict[str, Any] = {"^x-": {}}


def normalised(schema: dict[str, Any], models: dict[str, Any]) -> dict[str, Any]:
    """The schema in the narrow form; `models` are its `$defs`."""
    result = {
        key: _normalised_value(key, value, models)
        for key, value in schema.items()
        if not (key == "default" and value in (None, "", {}, [], ()))
    }
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split())
    if "patternProperties" in result:
        _name_the_keys(result)
    elif "properties" in result:
        result["patternProperties"] = _OWN_KEYS
    if "anyOf" in result:
        _simplify_choice(result, models)
    return result


def _normalised_value(key: str, value: Any, models: dict[str, Any]) -> Any:
    if key in ("properties", "patternProperties", "$defs"):
        return {name: normalised(inner, models) for name, inner in value.items()}
    if key == "anyOf":
        return [normalised(branch, models) for branch in value]
    if key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
        return normalised(value, models)
    return value


def _name_the_keys(schema: dict[str, Any]) -> None:
    [(pattern, values)] = schema.pop("patternProperties").items()
    schema["propertyNames"] = {"pattern": pattern, **schema.get("propertyNames", {})}
    schema["additionalProperties"] = values


def _simplify_choice(schema: dict[str, Any], models: dict[str, Any]) -> None:
    branches = schema.pop("anyOf")
    filled = [branch for branch in branches if branch != {"type": "null"}]
    if {"type": "object", "additionalProperties": True} in filled:
        filled = branches  # an environment, which may be empty
    if len(filled) == 1:
        schema.update({**filled[0], **schema})
    elif tag := _common_tag(filled, models):
        names = [branch["$ref"].rpartition("/")[2] for branch in filled]
        mapping = {models[name]["properties"][tag]["const"]: f"#/$defs/{name}" for name in names}
        schema["oneOf"] = filled
        schema["discriminator"] = {"propertyName": tag, "mapping": mapping}
    else:
        schema["anyOf"] = filled


def _common_tag(branches: list[dict[str, Any]], models: dict[str, Any]) -> str | None:
    if len(branches) < 2 or not all("$ref" in branch for branch in branches):
        return None
    properties = [models[branch["$ref"].rpartition("/")[2]]["properties"] for branch in branches]
    for name in properties[0]:
        if all("const" in each.get(name, {}) for each in properties):
            return str(name)
    return None
