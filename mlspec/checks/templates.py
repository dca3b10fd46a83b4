"""Foreign templates: no text of the user's may be taken for a template by what it passes through.

Argo Workflows replaces `{{…}}` anywhere in a template, and the kubelet replaces `$(NAME)` in
commands and environment variables. There is no way to write either literally that works in both, so
they are refused. docs/security.md has the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.language.commands import without_placeholders
from mlspec.record import Record
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.tree import Path

_FOR_PEOPLE = {"description"}
"""Keys whose text never reaches a workflow."""


def check_templates(context: Context) -> Iterator[Problem]:
    project = context.project
    for section, value in (
        ("data", project.data),
        ("transforms", project.transforms),
        ("training", project.training),
        ("registry", project.registry),
    ):
        for path, text in strings(value, (section,)):
            if path[-1] not in _FOR_PEOPLE or path[-2] == "params":
                yield from _text(path, text)


def templates_in(root: Any) -> Iterator[Problem]:
    """Foreign templates in a platform or a lock: their texts go to the same places."""
    for path, text in strings(root, ()):
        if path and path[-1] not in _FOR_PEOPLE:
            yield from _text(path, text)


def _text(path: Path, text: str) -> Iterator[Problem]:
    in_run = "run" in path[-2:]
    literal = without_placeholders(text) if in_run else text
    # The target's own form of a placeholder begins with braces: one more before it changes them.
    if "{{" in literal or "{${{" in text:
        yield Problem(
            "MLS301", path, "Argo Workflows would take `{{` for a template of its own",
            help="placeholders are written `${{ … }}`" if in_run else
            "write it without `{{`; placeholders stand in `run` only",
            on_key=path[-1] == text,
        )  # fmt: skip
    if "$(" in literal:
        yield Problem(
            "MLS301", path, "Kubernetes would take `$(` for a variable to expand",
            help="put what needs a shell into a script of the image",
            on_key=path[-1] == text,
        )  # fmt: skip


def strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """All texts below a typed value, keys of maps included, with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Record):
        for key, inner in vars(value).items():
            yield from strings(inner, (*path, key))
    elif isinstance(value, (tuple, list)):  # lists are in overlays, which nothing has typed yet
        for position, inner in enumerate(value):
            yield from strings(inner, (*path, position))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from strings(inner, (*path, key))
