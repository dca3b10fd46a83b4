"""The three things that are fuzzed: each reads a document out of any bytes at all.

`bytes`: the bytes are the document. `trees`: they steer a walk through the schema, written as odd
YAML. `specs`: they choose what to change in a valid document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz import bases, from_schema, mutations
from tests.fuzz.bases import Case
from tests.fuzz.choices import Choices
from tests.fuzz.properties import check
from tests.fuzz.writer import odd_yaml, plain_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.bases import Kind

_KINDS: tuple[Kind, ...] = ("project",) * 6 + ("platform", "lock")


def raw_bytes(data: bytes) -> Case:
    """The first byte says which document the others are."""
    return Case(_KINDS[data[0] % len(_KINDS)] if data else "project", data[1:], is_small=True)


def yaml_trees(data: bytes) -> Case:
    choices = Choices(data)
    kind = choices.pick(_KINDS)
    is_formless = choices.once_in(16)
    tree = from_schema.anything(choices) if is_formless else from_schema.tree(kind, choices)
    return Case(kind, _encoded(odd_yaml(tree, choices)))


def near_valid_specs(data: bytes) -> Case:
    choices = Choices(data)
    kind = choices.pick(_KINDS)
    tree = mutations.mutated(kind, choices)
    text = plain_yaml(tree) if choices.below(8) else odd_yaml(tree, choices)
    return Case(kind, _encoded(text))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


TARGETS: dict[str, Callable[[bytes], Case]] = {
    "bytes": raw_bytes,
    "trees": yaml_trees,
    "specs": near_valid_specs,
}


def run(target: str, data: bytes) -> str:
    """One execution: the property, for what the target reads out of the bytes."""
    return check(TARGETS[target](data))


def seeds() -> list[bytes]:
    """Valid documents, as input of the target `bytes`."""
    return [
        bytes([_KINDS.index(kind)]) + text.encode()
        for kind in bases.KINDS
        for text in bases.texts(kind)
    ]
