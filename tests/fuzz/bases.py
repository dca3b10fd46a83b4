"""Valid documents to begin from, and the words that they use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from mlspec.source.parser import parse
from mlspec.source.reader import SourceError
from tests import specs
from tests.cli import samples

Kind: TypeAlias = Literal["project", "platform", "lock"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_HERE = Path(__file__).parent
_PROJECTS = specs.ROOT / "projects"
_MISTAKES = specs.ROOT / "tests" / "mistakes"


class Case(NamedTuple):
    """One document to try. The other two of its project are valid, and `is_small` keeps them small:
    that is for documents that are rarely well-formed, where the time would go into those two."""

    kind: Kind
    text: bytes
    is_small: bool = False


@cache
def texts(kind: Kind) -> tuple[str, ...]:
    """Valid documents, the example's first."""
    own = [_text(file) for file in sorted(_HERE.glob(f"bases/*.{kind}.yaml"))]
    if kind == "project":
        return (_text(specs.EXAMPLE), specs.PROJECT, samples.PROJECT, *own)
    if kind == "platform":
        open_to_all = specs.PLATFORM.replace("protected: true", "protected: false")
        open_to_all += "gateway: {resource: {name: public}}\n"  # the example has exposed services
        return (_text(_PROJECTS / "platform.yaml"), open_to_all, *own)
    return (_text(_PROJECTS / "example" / "mlspec.lock"), specs.LOCK)


@cache
def beside(kind: Kind, other: Kind, is_small: bool) -> str:
    """The valid document that stands beside a fuzzed one. A project gets the platform that has no
    protected environment of a usual name, as all but the example would need locks there."""
    if is_small:
        return texts(other)[1]
    if (kind, other) == ("project", "platform"):
        return _text(_HERE / "bases" / "wide.platform.yaml")
    return texts(other)[0]


@cache
def trees(kind: Kind) -> tuple[Any, ...]:
    """The same as plain data, with the specs of people's mistakes that can be parsed."""
    found = list(texts(kind))
    if kind == "project":
        found += [_text(file) for file in sorted(_MISTAKES.glob("*.yaml"))]
    return tuple(tree for tree in map(_tree, found) if tree is not None)


@cache
def values(kind: Kind) -> dict[str, list[Any]]:
    """Key → the values that it has anywhere in the bases."""
    found: dict[str, list[Any]] = {}
    for tree in trees(kind):
        _collect(tree, found)
    return found


def _collect(node: Any, found: dict[str, list[Any]]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            known = found.setdefault(key, [])
            if value not in known:
                known.append(value)
            _collect(value, found)
    elif isinstance(node, list):
        for item in node:
            _collect(item, found)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _tree(text: str) -> Any:
    try:
        return specs.plain(parse(text, "base.yaml").root)
    except SourceError:
        return None
