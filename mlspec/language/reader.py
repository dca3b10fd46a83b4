"""A parsed file → the model of its document, or diagnostics: the front door of the language."""

from __future__ import annotations

import importlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.validator import INVALID, Gaps, Validator
from mlspec.package_data import schemas_folder
from mlspec.source.problem import diagnose
from mlspec.source.tree import span_at

if TYPE_CHECKING:
    from mlspec.diagnostics import Diagnostic
    from mlspec.record import Record
    from mlspec.source.problem import Problem
    from mlspec.source.tree import Tree

_MODULES = {
    "project": (
        "project", "metadata", "image", "resources", "data", "steps", "pipeline", "registry",
        "serving", "monitoring", "access",
    ),
    "platform": ("platform", "data", "resources"),
    "lock": ("lock",),
    "guardrail_tests": ("guardrail_tests",),
}  # fmt: skip
"""Document → the modules that hold its models; the first is the document's own."""
_SELDOM = {"platform": ("guardrails",)}
"""Document → modules of models that few documents have: imported when one is met."""


class Reading(NamedTuple):
    """What a tree says. Where something is wrong, `value` is the best that could be made of the
    rest, for the checks and for nothing else; None if nothing could."""

    value: Any
    diagnostics: list[Diagnostic]
    gaps: Gaps


def read(document: str, tree: Tree) -> Reading:
    """Reads the tree of a `project`, `platform`, `lock` or `guardrail_tests`."""
    value, problems, gaps = validator(document).read(tree.root)
    return Reading(
        None if value is INVALID else value,
        [diagnose(tree, problem) for problem in problems if not is_echo(tree, problem)],
        gaps,
    )


def is_echo(tree: Tree, problem: Problem) -> bool:
    """Whether a key is missing only because the parser could take none of what is there for one:
    `image: {{ image }}`."""
    if problem.code != "MLS102" or not problem.path or not tree.dropped:
        return False
    node: Any = tree.root
    for step in problem.path:
        node = node.get(str(step)) if isinstance(node, dict) else None
    line = span_at(tree, problem.path, key=True).line
    return not node and any(error.span.line == line for error in tree.errors)


@cache
def validator(document: str) -> Validator:
    """The validator of a document, made once a process from the committed schema."""
    path = schemas_folder() / f"{document}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    models = _Models(_models_of(_MODULES[document]))
    models.seldom = _SELDOM.get(document, ())
    root = "".join(word.capitalize() for word in document.split("_"))
    return Validator(schema, models, root)


class _Models(dict[str, "type[Record]"]):
    """Class name → model. What is asked for and not there is looked for in the `seldom` modules."""

    seldom: tuple[str, ...] = ()

    def __missing__(self, name: str) -> type[Record]:
        self.update(_models_of(self.seldom))
        self.seldom = ()
        return dict.__getitem__(self, name)


def _models_of(modules: tuple[str, ...]) -> dict[str, type[Record]]:
    from mlspec.record import Record

    found: dict[str, type[Record]] = {}
    for name in modules:
        module = importlib.import_module(f"mlspec.language.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Record):
                found[value.__name__] = value
    return found
