"""Make schemas/manifests/ from the upstream schemas and the manifests that we render.

    python bin/prune_schemas.py --crds ../shared/crds --used FOLDER...

For each kind that occurs in the rendered manifests it takes the upstream schema and keeps just the
properties that occur, with what those require; descriptions go, constraints stay. So each schema
accepts less than upstream does: a field that we have never emitted is refused until it is emitted
on purpose and this is run again. The same input gives the same bytes.

Kinds that upstream has in two versions side by side (Argo Workflows 3.7 in `json/`, 4.1 in
`argo-v4/json/`) are pruned from the two together; tests hold that what we emit passes both.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Schema: TypeAlias = dict[str, Any]

SCHEMAS = Path(__file__).parents[1] / "schemas"
DRAFT = "http://json-schema.org/draft-07/schema#"
NOTE = "Made by bin/prune_schemas.py from the upstream schema (Apache-2.0); do not edit."

# The layout of --crds: json/GROUP/kind_version.json, json/core/[GROUP/]kind_version.json.
FOLDERS = ("json", "json/core", "argo-v4/json")

# What is kept of a node as it is. `format` is not: Go's formats are not those of JSON Schema.
CONSTRAINTS = (
    *("type", "enum", "const", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("required", "allOf", "anyOf", "oneOf", "not"),
)
# Of two versions of a node, the laxer bound. All other constraints stay where both agree.
LAXER = {
    **dict.fromkeys(("minLength", "minimum", "minItems", "minProperties"), min),
    **dict.fromkeys(("maxLength", "maximum", "maxItems", "maxProperties"), max),
}


class Unfit(Exception):
    """A rendered manifest that upstream does not accept; the message says where."""


def prune(schema: Schema, used: list[Any], path: str = "$") -> Schema:
    """What of `schema` is needed for the values in `used`, all of which stand at `path`."""
    if "$ref" in schema:
        raise Unfit(f"{path}: upstream has a $ref, which this tool does not follow")
    kept = {key: schema[key] for key in CONSTRAINTS if key in schema}
    if isinstance(kept.get("type"), list) and None not in used:
        kept["type"] = _unwrap([name for name in kept["type"] if name != "null"])
    objects = [value for value in used if isinstance(value, dict)]
    if "properties" in schema:
        kept.update(_prune_properties(schema, objects, path))
    elif isinstance(values := schema.get("additionalProperties"), dict):
        below = [value for item in objects for value in item.values()]
        kept["additionalProperties"] = prune(values, below, f"{path}.*")
    elif "additionalProperties" in schema:
        kept["additionalProperties"] = schema["additionalProperties"]
    if "items" in schema:
        below = [value for item in used if isinstance(item, list) for value in item]
        kept["items"] = prune(schema["items"], below, f"{path}[]")
    return kept


def _prune_properties(schema: Schema, objects: list[dict[str, Any]], path: str) -> Schema:
    names = {name for item in objects for name in item} | set(schema.get("required", ()))
    known = schema["properties"]
    is_open = schema.get("x-kubernetes-preserve-unknown-fields", False)
    unknown = sorted(names - known.keys())
    if unknown and not is_open:
        raise Unfit(f"{path}: upstream has no {', '.join(unknown)}")
    properties = {
        name: prune(known[name], [item[name] for item in objects if name in item], f"{path}.{name}")
        for name in sorted(names & known.keys())
    }
    # Where upstream takes any field beside those it knows, we need that only if we use it.
    return {"properties": properties, "additionalProperties": bool(unknown)}


def _unwrap(types: list[str]) -> str | list[str]:
    return types[0] if len(types) == 1 else types


def merge(one: Schema, other: Schema) -> Schema:
    """One schema for what either of two versions of a node knows.

    Where one version leaves a node open and the other describes it, the description holds: what we
    emit must satisfy both.
    """
    if _is_open(one) or _is_open(other):
        return other if _is_open(one) else one
    merged = {
        key: LAXER[key](one[key], other[key]) if key in LAXER else one[key]
        for key in one.keys() & other.keys()
        if key in LAXER or one[key] == other[key]
    }
    if "type" in one and "type" in other:
        merged["type"] = _unwrap(sorted({*_as_list(one["type"]), *_as_list(other["type"])}))
    if "enum" in one and "enum" in other:
        merged["enum"] = [*one["enum"], *(v for v in other["enum"] if v not in one["enum"])]
    if required := sorted(set(one.get("required", ())) & set(other.get("required", ()))):
        merged["required"] = required
    merged.update(_merge_children(one, other))
    return merged


def _merge_children(one: Schema, other: Schema) -> Schema:
    """The parts of a merged node; one that a single version describes is as it is there."""
    mine, theirs = one.get("properties"), other.get("properties")
    children: Schema = {}
    if mine is not None or theirs is not None:
        children["properties"] = _merge_each(mine or {}, theirs or {})
        children["additionalProperties"] = False
    else:
        values = [s["additionalProperties"] for s in (one, other) if "additionalProperties" in s]
        children.update(_merge_each(*({"additionalProperties": value} for value in values)))
    items = [{"items": s["items"]} for s in (one, other) if "items" in s]
    children.update(_merge_each(*items))
    return children


def _merge_each(*versions: Schema) -> Schema:
    """Merge name by name; a name that one version alone has is taken as it is."""
    merged: Schema = {}
    for version in versions:
        for name, schema in version.items():
            merged[name] = merge(merged[name], schema) if name in merged else schema
    return merged


def _is_open(schema: Schema) -> bool:
    """Whether upstream takes anything here, and describes nothing of it."""
    described = schema.keys() & {"properties", "items", "additionalProperties"}
    return not described and schema.get("x-kubernetes-preserve-unknown-fields", schema == {})


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def prune_kind(upstreams: list[Schema], manifests: list[dict[str, Any]]) -> Schema:
    """The schema of one kind, from its upstream schemas and all rendered manifests of it."""
    upstream = upstreams[0]
    for other in upstreams[1:]:
        upstream = merge(upstream, other)
    schema = prune(upstream, list(manifests))
    first = manifests[0]
    schema["properties"]["apiVersion"] = {"const": first["apiVersion"]}
    schema["properties"]["kind"] = {"const": first["kind"]}
    schema["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind", "metadata"})
    metadata = schema["properties"]["metadata"]
    metadata["required"] = sorted({*metadata.get("required", ()), "name"})
    return {"$schema": DRAFT, "$comment": NOTE, **schema}


def schema_path(manifest: dict[str, Any]) -> str:
    """Where the schema of a manifest lies: apps/deployment_v1.json, core/service_v1.json."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    return f"{group or 'core'}/{manifest['kind'].lower()}_{version}.json"


def upstream_files(crds: Path, path: str) -> list[Path]:
    """The upstream schemas for a schema path of ours: more than one where versions differ."""
    places = [crds / folder / path.removeprefix("core/") for folder in FOLDERS]
    return [place for place in places if place.is_file()]


def read_manifests(folders: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Every Kubernetes object in the YAML files below `folders`, in a stable order."""
    files = {f for folder in folders for f in folder.rglob("*") if f.suffix in (".yaml", ".yml")}
    for file in sorted(files):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if isinstance(document, dict) and {"apiVersion", "kind"} <= document.keys():
                yield document


def make_schemas(crds: Path, used: Iterable[Path]) -> dict[str, str]:
    """Every schema, as path → JSON text. Unfit: all that upstream does not accept, one a line."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for manifest in read_manifests(used):
        kinds.setdefault(schema_path(manifest), []).append(manifest)
    made: dict[str, str] = {}
    problems: list[str] = []
    for path, manifests in sorted(kinds.items()):
        upstreams = [json.loads(file.read_bytes()) for file in upstream_files(crds, path)]
        try:
            if not upstreams:
                raise Unfit("there is no upstream schema")
            made[path] = (
                json.dumps(prune_kind(upstreams, manifests), indent=2, sort_keys=True) + "\n"
            )
        except Unfit as err:
            problems.append(f"{path}: {err}")
    if problems:
        raise Unfit("\n".join(problems))
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write the schemas, or with --check say whether they are what would be written."""
    parser = argparse.ArgumentParser(description="Prune upstream schemas to what we emit.")
    parser.add_argument("--crds", type=Path, required=True, help="folder with json/ and argo-v4/")
    parser.add_argument("--used", type=Path, nargs="+", required=True, help="rendered manifests")
    parser.add_argument("--out", type=Path, default=SCHEMAS / "manifests")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if anything differs")
    options = parser.parse_args(arguments)
    try:
        made = make_schemas(options.crds, options.used)
    except Unfit as err:
        print(err, file=sys.stderr)
        return 1
    present = {f.relative_to(options.out).as_posix(): f for f in options.out.rglob("*.json")}
    differing = [
        path for path in made if path not in present or present[path].read_text() != made[path]
    ]
    unused = sorted(present.keys() - made.keys())
    for path in unused:
        print(f"{path}: no rendered manifest is of this kind", file=sys.stderr)
    for path in differing:
        print(f"{path}: {'differs' if options.check else 'written'}")
        if not options.check:
            (options.out / path).parent.mkdir(parents=True, exist_ok=True)
            (options.out / path).write_text(made[path], encoding="utf-8")
    return int(options.check and bool(differing or unused))


if __name__ == "__main__":
    sys.exit(main())
