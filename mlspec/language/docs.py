"""The documentation of the language's keys: the docstrings that follow the fields of a model.

Read from the source text, as Python does not keep them. Used by schema.py alone; never while a spec
is read.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache


def field_docs(cls: type) -> dict[str, str]:
    """Field name → docstring, for the fields of `cls` and of the models it derives from."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        docs.update(_docs_of_module(base.__module__).get(base.__name__, {}))
    return docs


@cache
def _docs_of_module(module: str) -> dict[str, dict[str, str]]:
    if not module.startswith("mlspec.language."):
        return {}
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: _docs_of_class(node) for node in classes}


def _docs_of_class(node: ast.ClassDef) -> dict[str, str]:
    docs = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            docs[field.target.id] = inspect.cleandoc(after.value.value).replace("\n", " ")
    return docs


def type_aliases(module: str) -> dict[str, str]:
    """Name → expression of the aliases that a module declares under `if TYPE_CHECKING`."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    aliases = {}
    for block in tree.body:
        for node in block.body if isinstance(block, ast.If) else ():
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                aliases[node.target.id] = ast.unparse(node.value)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                aliases[node.targets[0].id] = ast.unparse(node.value)
    return aliases
