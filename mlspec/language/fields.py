"""A key of the language, described from the JSON Schema: what it means, what it takes, its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.language.not_yet import NOT_YET
from mlspec.language.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class UnknownField(Exception):
    """A path that leads to no key: where it ends, and what there is."""

    def __init__(self, said: str, help: str) -> None:
        super().__init__(f"{said}; {help}")
        self.said = said


def describe(schema: Mapping[str, Any], path: Sequence[str]) -> str:
    """The description of the key at `path`; names of a map's entries may be left out.

    Raises UnknownField.
    """
    node: Mapping[str, Any] = schema
    walked: list[str] = []
    for name in path:
        node = _step(schema, node, name, walked, is_last=len(walked) == len(path) - 1)
        walked.append(name)
    title = ".".join(path) or str(schema.get("title", "the document"))
    lines = [title, "", *_about(schema, node), *_keys(schema, node)]
    return "\n".join(lines).rstrip()


def places(schema: Mapping[str, Any], name: str) -> list[str]:
    """The paths at which there is a key of this name, the shortest first; names of a map's entries
    are left out."""
    found: list[str] = []
    waiting: list[tuple[str, Mapping[str, Any]]] = [("", schema)]
    seen: list[Mapping[str, Any]] = []
    for path, node in waiting:
        for model in _models(schema, node):
            if model in seen:
                continue
            seen.append(model)
            for key, value in model.get("properties", {}).items():
                below = f"{path}.{key}" if path else key
                waiting.append((below, value))
                if key == name and below not in found:
                    found.append(below)
    return found


def _step(
    schema: Mapping[str, Any],
    node: Mapping[str, Any],
    name: str,
    walked: list[str],
    *,
    is_last: bool,
) -> Mapping[str, Any]:
    known: dict[str, list[Mapping[str, Any]]] = {}
    entries: list[Mapping[str, Any]] = []
    for branch in branches(schema, node):
        _collect(branch, known)
        inner = branch.get("additionalProperties")
        if isinstance(inner, dict):
            entries.append(inner)
            for deeper in branches(schema, inner):
                _collect(deeper, known)
    if name in known:
        return _union(known[name])
    near = nearest(name, [*known, *planned_keys(schema, node)])
    if entries and not (is_last and near):
        return entries[0]  # the name of an entry, unless it looks like a misspelt key
    if len(walked) == 2 and walked[0] == "environments" and not known:
        message = "an environment holds the same keys as the project, but for those that say what"
        raise UnknownField(f"{message} it is", f"see `{name}` itself, without `{'.'.join(walked)}`")
    where = f"`{'.'.join(walked)}`" if walked else "the document"
    said = f"{where} has no key `{name}`"
    if near and near not in known:
        what = "it" if near == name else f"`{near}`"
        raise UnknownField(said, f"{what} is planned, but mlspec does not do it yet")
    raise UnknownField(said, did_you_mean(name, known, "it has no keys"))


def planned_keys(schema: Mapping[str, Any], node: Mapping[str, Any]) -> list[str]:
    """The keys that are planned for a node, or for the entries of a map."""
    models = [
        model
        for branch in branches(schema, node)
        for model in (branch, branch.get("additionalProperties"))
    ]
    deeper = [b for model in models if isinstance(model, dict) for b in branches(schema, model)]
    named = {id(model): name for name, model in schema["$defs"].items()} | {id(schema): "Project"}
    return [key for model in deeper for key in NOT_YET.get(named.get(id(model), ""), ())]


def _collect(branch: Mapping[str, Any], known: dict[str, list[Mapping[str, Any]]]) -> None:
    for key, value in branch.get("properties", {}).items():
        if value not in known.setdefault(key, []):
            known[key].append(value)


def _union(found: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """A key that several models have means what it means in any of them."""
    return found[0] if len(found) == 1 else {"anyOf": found}


def branches(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The alternatives of a node, with references followed."""
    if "$ref" in node:
        yield from branches(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
        return
    for key in ("anyOf", "oneOf"):
        for branch in node.get(key, ()):
            yield from branches(schema, branch)
    if "anyOf" not in node and "oneOf" not in node:
        yield node


def _about(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[str]:
    said = node.get("description")
    if said:
        yield f"  {said}"
    for branch in branches(schema, node):
        if "properties" in branch and branch.get("description") not in (None, said):
            yield f"  {branch['description']}"
    kinds = dict.fromkeys(bounded(branch) for branch in branches(schema, node))
    yield f"  Takes: {', or '.join(kinds)}."
    if "default" in node:
        yield f"  Default: {node['default']}"
    yield ""


def form(branch: Mapping[str, Any]) -> str:
    """What a value may be, in a few words."""
    if "const" in branch:
        return f"`{branch['const']}`"
    if "enum" in branch:
        return "one of " + ", ".join(map(str, branch["enum"]))
    if "patternErrorMessage" in branch:
        return str(branch["patternErrorMessage"])
    kind = branch.get("type")
    if kind == "object" and "properties" not in branch:
        return "a map by name"
    words = {"string": "text", "integer": "a whole number", "boolean": "true or false"}
    words |= {"array": "a list", "object": "a mapping", "number": "a number", "null": "nothing"}
    return words.get(str(kind), "any value")


def bounded(branch: Mapping[str, Any]) -> str:
    """What a value may be, and how large."""
    words, low, high = form(branch), branch.get("minimum"), branch.get("maximum")
    if low is not None and high is not None:
        return f"{words} from {low} to {high}"
    if "exclusiveMinimum" in branch:
        return f"{words} above {branch['exclusiveMinimum']}, {high} at most"
    if branch.get("type") == "string" and "maxLength" in branch and "pattern" not in branch:
        return f"{words}, {branch['maxLength']} characters at most"
    return words


def _keys(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[str]:
    models = [model for model in _models(schema, node) if model.get("properties")]
    for model in models:
        properties, required = model["properties"], model.get("required", ())
        tag = next((f" ({p['const']})" for p in properties.values() if "const" in p), "")
        yield f"Keys{tag if len(models) > 1 else ''}:"
        width = max(map(len, properties))
        for name, value in properties.items():
            mark = "*" if name in required else " "
            yield f" {mark} {name.ljust(width)}  {_summary(schema, value)}"
        yield ""


def _models(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The models that a value may be of, or that the entries of a map may be of."""
    for branch in branches(schema, node):
        entries = branch.get("additionalProperties")
        yield from branches(schema, entries) if isinstance(entries, dict) else [branch]


def _summary(schema: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    if "description" in value:
        return str(value["description"])
    found = next(iter(branches(schema, value)), {})
    return str(found.get("description", ""))
