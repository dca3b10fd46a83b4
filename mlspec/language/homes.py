"""Where a key belongs that is in the wrong place: one level too high, or one too low.

Almost always a matter of indentation. Read only when an unknown key is met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.fields import branches
from mlspec.language.forms import type_of
from mlspec.language.suggestions import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlspec.source.tree import Path

TOP = "at the top of the document"
"""Where the keys of a whole document are, in words."""
NAME = "NAME"
"""Stands for the name of an entry where there is none, or are several."""


class Home(NamedTuple):
    """`path`: where the key belongs, with the key."""

    path: Path
    help: str


def home_of(schema: Mapping[str, Any], tree: Any, path: Path, *, top: str = TOP) -> Home | None:
    """Where the key at the end of `path` belongs; None where nothing near has such a key."""
    *way, key = path
    parents = [tree]
    for step in way:
        parents.append(parents[-1][step])
    below = list(_below(schema, nodes_at(schema, way), str(key), parents[-1]))
    if below:
        return _lower(below, tuple(way), parents[-1], str(key))
    if way and str(key) in _keys(schema, nodes_at(schema, way[:-1])):
        where = f"in `{way[-2]}`" if len(way) > 1 else top
        help = f"it belongs {where}: indent it as far as `{way[-1]}`"
        return Home((*way[:-1], key), help)
    return None


def _lower(homes: list[Path], way: Path, parent: Any, key: str) -> Home | None:
    if len(homes) > 1:
        places = " or ".join(f"`{'.'.join(map(str, home))}`" for home in homes)
        return Home((), f"it belongs in {places}") if len(homes) <= 3 else None
    [home] = homes
    value = parent[key]
    if home[0] in parent and NAME not in home:
        where = ".".join(map(str, home))
        return Home((*way, *home, key), f"it belongs in `{where}`: indent it below that")
    inner = "…" if type_of(value) in ("object", "array", "null") else shown(value)
    text = f"{key}: {inner}"
    for step in reversed(home):
        text = f"{step}: {{{text}}}"
    return Home((*way, *home, key), f"it belongs in `{'.'.join(map(str, home))}`: write `{text}`")


def _below(
    schema: Mapping[str, Any], nodes: list[Mapping[str, Any]], key: str, given: Mapping[str, Any]
) -> Iterator[Path]:
    """The ways from a model to the models right below it, or in a map right below it, that have
    the key."""
    for name, field in _fields(nodes).items():
        for branch in branches(schema, field):
            entries = branch.get("additionalProperties")
            if key in branch.get("properties", {}):
                yield (name,)
                break
            if isinstance(entries, dict) and key in _keys(schema, [*branches(schema, entries)]):
                there = given.get(name)
                one = next(iter(there)) if isinstance(there, dict) and len(there) == 1 else NAME
                yield (name, one)
                break


def nodes_at(schema: Mapping[str, Any], way: Sequence[Any]) -> list[Mapping[str, Any]]:
    """What may stand at a place, with references followed."""
    nodes = [schema]
    for step in way:
        nodes = [
            deeper
            for node in nodes
            for field in (node.get("properties", {}).get(step) or node.get("additionalProperties"),)
            if isinstance(field, dict)
            for deeper in branches(schema, field)
        ]
    return nodes


def _fields(nodes: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {name: field for node in nodes for name, field in node.get("properties", {}).items()}


def _keys(schema: Mapping[str, Any], nodes: list[Mapping[str, Any]]) -> set[str]:
    return set(_fields(nodes))
