"""A parsed file → the model of its document, or diagnostics: the front door of the language."""

from __future__ import annotations

import importlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from mlspec.language.validator import INVALID, Validator
from mlspec.package_data import schemas_folder
from mlspec.source.problem import diagnose

if TYPE_CHECKING:
    from mlspec.diagnostics import Diagnostic
    from mlspec.record import Record
    from mlspec.source.tree import Tree

_MODULES = {
    "project": (
        "project", "metadata", "image", "resources", "data", "steps", "pipeline", "registry",
        "serving", "monitoring", "access",
    ),
    "platform": ("platform", "data", "resources"),
    "lock": ("lock",),
}  # fmt: skip
"""Document → the modules that hold its models; the first is the document's own."""


def read(document: str, tree: Tree) -> tuple[Any, list[Diagnostic]]:
    """The model of `project`, `platform` or `lock`, or None, and what is wrong."""
    value, problems = validator(document).read(tree.root)
    return (None if value is INVALID else value), [diagnose(tree, p) for p in problems]


@cache
def validator(document: str) -> Validator:
    """The validator of a document, made once a process from the committed schema."""
    path = schemas_folder() / f"{document}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    return Validator(schema, _models(document), document.capitalize())


def _models(document: str) -> dict[str, type[Record]]:
    from mlspec.record import Record

    found: dict[str, type[Record]] = {}
    for name in _MODULES[document]:
        module = importlib.import_module(f"mlspec.language.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Record):
                found[value.__name__] = value
    return found
