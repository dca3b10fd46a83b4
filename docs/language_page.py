"""docs/language.md: every key of the language, from the JSON Schemas that the models make.

A section a model: what it is, then a table of its keys. Names of maps are written `NAME`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlspec.language.fields import bounded, branches, form
from mlspec.language.not_yet import NOT_YET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, Any]

DOCUMENTS = {
    "project": ("project.yaml", "What a team wants: one file a project."),
    "platform": (
        "platform.yaml",
        "Where and how the organisation runs it: one file, at or above the projects. "
        "Without one, mlspec assumes a default platform.",
    ),
    "lock": (
        "mlspec.lock",
        "Which exact images, models and data each environment uses: beside project.yaml.",
    ),
    "guardrail_tests": (
        "guardrails_test.yaml",
        "Examples that guardrails must pass or break: beside platform.yaml. "
        "[guardrails.md](guardrails.md) tells more.",
    ),
}

INTRO = """\
# The language

Every key of `project.yaml`, `platform.yaml` and `mlspec.lock`. `mlspec explain serving.rollout`
prints the same in the terminal, and `mlspec schema project` the JSON Schema, by which an editor
completes and checks.

- The text is YAML 1.2: `no` and `on` are text, `0o7` is a number. A key that is written twice is an
  error, and so is a key that the language does not have. Keys that begin with `x-` are your own and
  are ignored, anywhere: a home for anchors.
- What can be plural is a map by name, written `NAME` below.
- `environments.NAME` is a [JSON merge patch](https://www.rfc-editor.org/rfc/rfc7386) over the rest
  of the document: `null` removes a key, a list replaces a list.
- In `run`, `${{ inputs.NAME }}`, `${{ outputs.NAME }}`, `${{ params.NAME }}` and `${{ metrics }}`
  stand for paths and values. Which other text is refused: [security.md](security.md).

A key in bold is required. Where no default is shown, leaving the key out means: nothing of it, or
what the description says.
"""


def language_page(schemas: Mapping[str, Schema]) -> str:
    """The page, from the schema of each document."""
    parts = [INTRO]
    for document, (file, about) in DOCUMENTS.items():
        parts.append(f"## {file}\n\n{about}\n")
        parts += _sections(schemas[document])
    return "\n".join(parts)


def _sections(schema: Schema) -> Iterator[str]:
    """The document's own keys, then each model in the order in which it is met."""
    yield _table(schema, schema, root=True)
    for path, node in _walk(schema):
        yield _section(schema, path, node)


def _walk(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Path → node of each key that has keys of its own, depth first, each model once."""
    seen: set[str] = set()

    def below(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
        for key, value in node.get("properties", {}).items():
            yield from visit(value, f"{path}.{key}" if path else key)

    def visit(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
        inner, suffix = _entries(node)
        models = [m for m in _models(schema, inner) if m["properties"]]
        fresh = [m for m in models if json.dumps(m) not in seen]
        if fresh:
            seen.update(json.dumps(m) for m in fresh)
            yield path + suffix, inner
            for model in fresh:
                yield from below(model, path + suffix)

    yield from below(schema, "")


def _entries(node: Schema) -> tuple[Schema, str]:
    """What a map by name holds, however deep, with the names in its path; else the node itself."""
    suffix = ""
    while True:
        maps = [b for b in (node, *node.get("anyOf", ())) if _is_map(b)]
        if not maps:
            return node, suffix
        node, suffix = maps[0]["additionalProperties"], f"{suffix}.NAME"


def _is_map(node: Schema) -> bool:
    return isinstance(node.get("additionalProperties"), dict)


def _models(schema: Schema, node: Schema) -> list[Schema]:
    return [branch for branch in branches(schema, node) if "properties" in branch]


def _section(schema: Schema, path: str, node: Schema) -> str:
    models = _models(schema, node)
    parts = [f"### `{path}`\n"]
    short = [form(b) for b in branches(schema, node) if "properties" not in b]
    if short:
        parts.append(f"A mapping, or for short: {', or '.join(dict.fromkeys(short))}.\n")
    shared = _shared(models)
    tag = node.get("discriminator", {}).get("propertyName")
    if len(models) == 1:
        parts += [str(models[0].get("description", "")) + "\n", _table(schema, models[0])]
        return "\n".join(parts)
    parts.append(f"One of these, told by its `{tag}`.\n")
    if set(shared) - {tag}:
        parts += ["What they have in common:\n", _rows(schema, shared, (), skip=tag)]
    for model in models:
        own = {k: v for k, v in model["properties"].items() if k not in shared and k != tag}
        name = model["properties"][tag]["const"]
        parts.append(f"**`{tag}: {name}`** {model.get('description', '')}\n")
        if own:
            parts.append(_rows(schema, own, model.get("required", ())))
    return "\n".join(parts)


def _shared(models: list[Schema]) -> dict[str, Schema]:
    """The keys that all the models have, alike and optional."""
    first, *others = (model["properties"] for model in models)
    required = {key for model in models for key in model.get("required", ())}
    return {
        key: value
        for key, value in first.items()
        if key not in required and all(other.get(key) == value for other in others)
    }


def _table(schema: Schema, model: Schema, root: bool = False) -> str:
    text = _rows(schema, model["properties"], model.get("required", ()))
    name = "Project" if root and "transforms" in model["properties"] else _name(schema, model)
    if planned := NOT_YET.get(name, ()):
        keys = ", ".join(f"`{key}`" for key in planned)
        text += f"\nPlanned and refused until then: {keys}.\n"
    return text


def _name(schema: Schema, model: Schema) -> str:
    return next((name for name, value in schema["$defs"].items() if value == model), "")


def _rows(
    schema: Schema, properties: Mapping[str, Schema], required: Any, skip: str | None = None
) -> str:
    lines = ["| Key | Takes | Default | Meaning |", "|---|---|---|---|"]
    for key, value in properties.items():
        if key == skip:
            continue
        shown = f"**`{key}`**" if key in required else f"`{key}`"
        cells = (shown, _takes(schema, value), _default(value), _meaning(schema, value))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _takes(schema: Schema, node: Schema) -> str:
    found = [_of_many(schema, branch) or bounded(branch) for branch in branches(schema, node)]
    examples = [e for b in branches(schema, node) for e in b.get("examples") or ()]
    text = ", or ".join(dict.fromkeys(found))
    return text + (f" (`{examples[0]}`)" if examples and f"{examples[0]}" not in text else "")


def _of_many(schema: Schema, branch: Schema) -> str:
    """What a list or a map holds; "" for anything else."""
    if branch.get("type") == "array":
        return f"a list of: {_takes(schema, branch['items'])}"
    if _is_map(branch):
        return f"a map by name of: {_takes(schema, branch['additionalProperties'])}"
    return "any part of this document" if branch.get("additionalProperties") is True else ""


def _default(node: Schema) -> str:
    if "default" not in node:
        return ""
    return f"`{json.dumps(node['default'], ensure_ascii=False)}`"


def _meaning(schema: Schema, node: Schema) -> str:
    if "description" in node:
        return str(node["description"])
    return next((str(b["description"]) for b in branches(schema, node) if "description" in b), "")
