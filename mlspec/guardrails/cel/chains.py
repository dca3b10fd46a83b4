"""The chains of keys that an expression follows (`object.replicas.min`): whether the language has
them, and which line of a project they stand for.

Read from the text: the library has no way to look into an expression. It is enough for what it is
used for, a misspelt key and a narrower place; what is not understood is left alone.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.package_data import schemas_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TEXTS = re.compile(
    r"//[^\n]*|(?:[rR])?(?:'''.*?'''|\"\"\".*?\"\"\")|(?<![A-Za-z0-9_])[rR](?:'[^'\n]*'|\"[^\"\n]*\")"
    r"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"",
    re.DOTALL,
)
_CHAIN = re.compile(
    r"(?<![\w.])(?P<root>object|project|environment|variables)(?P<keys>(?:\s*\.\s*\??\s*[A-Za-z_]\w*)+)(?P<call>\s*\()?"
)
_KEY = re.compile(r"[A-Za-z_]\w*")
_SECTION = {
    "source": ("data", "sources", "*"),
    "model": ("registry", "models", "*"),
    "service": ("serving", "*"),
}
_OF_STEPS = (("transforms", "*"), ("training", "*"), ("training", "*", "evaluate"))
_ADDED = {
    "source": {"name"}, "model": {"name"}, "service": {"name"},
    "step": {"name", "kind", "inputs", "outputs", "expects", "cache", "framework", "metrics"},
}  # fmt: skip
"""Keys that views have beyond those of the language, or that only some steps have."""


OF_ENVIRONMENT = ("name", "protected", "namespace", "cluster")
"""What views tell of an environment."""


class Chain(NamedTuple):
    """`object.a.b`: its root, its keys, and where each key begins in the text."""

    root: str
    keys: tuple[str, ...]
    starts: tuple[int, ...]


class UnknownKey(NamedTuple):
    key: str
    known: tuple[str, ...]
    start: int


def chains_in(expression: str) -> Iterator[Chain]:
    """The chains, without the method that is called at the end of one, in their order."""
    for match in _CHAIN.finditer(_without_texts(expression)):
        first = match.start("keys")
        keys = [(key[0], first + key.start()) for key in _KEY.finditer(match["keys"])]
        keys = keys[:-1] if match["call"] else keys
        yield Chain(match["root"], tuple(k for k, _ in keys), tuple(at for _, at in keys))


def place_of_key(expression: str, key: str) -> int:
    """Where an expression asks for a key; -1 where it does not, or in several places."""
    asked = re.compile(rf"(?<=\.)\s*\??({re.escape(key)})(?!\w)")
    found = [match.start(1) for match in asked.finditer(_without_texts(expression))]
    return found[0] if len(found) == 1 else -1


def _without_texts(expression: str) -> str:
    return _TEXTS.sub(lambda match: " " * len(match[0]), expression)


def unknown_keys(expression: str, on: str) -> Iterator[UnknownKey]:
    """Keys that no project can have, in a rule about parts of kind `each`."""
    for chain in chains_in(expression):
        if chain.root in ("variables", "environment"):
            continue
        sections = ((),) if chain.root == "project" or on == "project" else _sections(on)
        schemas = [each for section in sections for each in _at(section)]
        added = _ADDED.get(on, set()) if chain.root == "object" else set()
        for key, start in zip(chain.keys, chain.starts, strict=True):
            if not schemas or any("additionalProperties" not in each for each in schemas):
                break
            found = [inner for each in schemas for inner in _below(each, key)]
            if not found and key not in added:
                known = {k for each in schemas for k in each.get("properties", {})} | added
                yield UnknownKey(key, tuple(sorted(known)), start)
                break
            schemas, added = found, set()


def unknown_names(expression: str, root: str, known: tuple[str, ...]) -> Iterator[UnknownKey]:
    """`ROOT.NAME` that is none of those known."""
    for chain in chains_in(expression):
        if chain.root == root and chain.keys and chain.keys[0] not in known:
            yield UnknownKey(chain.keys[0], known, chain.starts[0])


def _sections(on: str) -> tuple[tuple[str, ...], ...]:
    return _OF_STEPS if on == "step" else (_SECTION[on],) if on in _SECTION else ()


@cache
def _project_schema() -> dict[str, Any]:
    text = (schemas_folder() / "project.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _at(section: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """The schemas of what a section of the project holds."""
    schemas: list[Mapping[str, Any]] = [_project_schema()]
    for key in section:
        schemas = [inner for each in schemas for inner in _below(each, key)]
    return schemas


def _below(schema: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The mappings that may stand under a key. One without `additionalProperties` stands for what
    is no mapping, or for any."""
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties")
    inner = properties.get(key, rest if isinstance(rest, dict) else None)
    return list(_mappings(inner)) if inner is not None else []


def _mappings(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The alternatives of a schema that are mappings; {} if there is none."""
    if "$ref" in schema:
        yield from _mappings(_project_schema()["$defs"][schema["$ref"].rpartition("/")[2]])
        return
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        found = [each for branch in branches for each in _mappings(branch) if each]
        yield from found or [{}]
    else:
        yield schema if schema.get("type") == "object" else {}
