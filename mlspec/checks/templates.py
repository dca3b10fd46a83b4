"""Foreign templates: no text of the user's may be taken for a template by what it passes through.

Argo Workflows replaces `{{…}}` anywhere in a template, and the kubelet replaces `$(NAME)` in
commands and environment variables. There is no way to write either literally that works in both, so
they are refused, and so is NUL, which ends a text for the kernel. docs/security.md has the table.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mlspec.checks.context import Context
from mlspec.checks.texts import strings
from mlspec.language.commands import CommandError, Reference, command, split, without_placeholders
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.checks.texts import Texts
    from mlspec.language.commands import Word
    from mlspec.source.tree import Path

_FOR_PEOPLE = {"description"}
"""Keys whose text never reaches a workflow."""

_TEMPLATE = r"\{\{[^{}\n]{0,200}\}\}"

_IN_RUN = (
    "write what the step reads, writes and is told as `${{ inputs.NAME }}`, "
    "`${{ outputs.NAME }}` or `${{ params.NAME }}`"
)
_ELSEWHERE = "write it without `{{`; placeholders stand in `run` only"


def check_templates(context: Context) -> Iterator[Problem]:
    project = context.project
    commands = {path: (run, params) for path, run, params in _commands(context)}
    for path, (run, params) in commands.items():
        yield from _command(path, run, params)
    if not context.texts.may_hold_templates_beside_commands:  # nearly always
        return
    for section in ("data", "transforms", "training", "registry"):
        for path, text in strings(getattr(project, section), (section,)):
            is_command = path in commands or path[:-1] in commands
            if not is_command and (path[-1] not in _FOR_PEOPLE or path[-2] == "params"):
                yield from _text(path, text)


def templates_in(root: Any, texts: Texts) -> Iterator[Problem]:
    """Foreign templates in a platform or a lock: their texts go to the same places."""
    if not texts.may_hold_templates:
        return
    for path, text in strings(root, ()):
        if path and path[-1] not in _FOR_PEOPLE:
            yield from _text(path, text)


def _commands(context: Context) -> Iterator[tuple[Path, Any, Mapping[str, Any]]]:
    """Where each command stands, the command, and the parameters that may be in it."""
    for node in context.flow.nodes:
        yield (*node.path, "run"), node.spec.run, node.spec.params
    for name, source in context.project.data.sources.items():
        if source.run:
            yield ("data", "sources", name, "run"), source.run, {}


def _command(path: Path, run: Any, params: Mapping[str, Any]) -> Iterator[Problem]:
    """What counts are the words, not the line: quotes may part what they join again."""
    if _is_harmless(run, params):
        return
    parts: list[tuple[Path, Any]] = [(path, run)]
    if not isinstance(run, str):
        parts = [((*path, number), (word,)) for number, word in enumerate(run)]
    for place, item in parts:
        words = list(_words(item))
        if any(_opens(word, params) for word in words):
            yield _argo(place, _IN_RUN, part=_first_template(item))
        if any("$(" in part for word in words for part in word if isinstance(part, str)):
            yield _kubernetes(place)


def _is_harmless(run: Any, params: Mapping[str, Any]) -> bool:
    """Whether nothing in a command, nor what stands for its placeholders, is part of a template."""
    if any(isinstance(value, str) and "{" in value for value in params.values()):
        return False
    try:
        return command(run).is_plain
    except CommandError:
        return False


def _words(run: str | tuple[str, ...]) -> tuple[Word, ...]:
    try:
        return split(run)
    except CommandError:  # which check_commands reports
        return ((without_placeholders(run if isinstance(run, str) else run[0]),),)


def _opens(word: Word, params: Mapping[str, Any]) -> bool:
    """Whether `{{` is in the word, or would be with what stands for its placeholders: the target's
    own form of one begins with braces, and a parameter may end in one."""
    for before, after in pairwise(word):
        if isinstance(after, Reference) and str(before).endswith("{"):
            return True
    return "{{" in "".join(p if isinstance(p, str) else _value(p, params) for p in word)


def _value(reference: Reference, params: Mapping[str, Any]) -> str:
    value = params.get(reference.name) if reference.group == "params" else None
    # One that holds `{{` itself is reported where it is written.
    return value if isinstance(value, str) and "{{" not in value else "/"


def _text(path: Path, text: str) -> Iterator[Problem]:
    is_key = path[-1] == text
    if "{{" in text:
        yield _argo(path, _ELSEWHERE, on_key=is_key)
    if "$(" in text:
        yield _kubernetes(path, on_key=is_key)
    if "\0" in text:
        yield Problem(
            "MLS105", path, "the text holds a NUL character, which no program can be given",
            help="remove it", on_key=is_key,
        )  # fmt: skip


def _first_template(run: str | tuple[str, ...]) -> str:
    """What first looks like a template of Argo's, if that stands in one piece."""
    text = without_placeholders(run if isinstance(run, str) else run[0])
    found = re.search(_TEMPLATE, text)
    return found[0] if found else ""


def _argo(path: Path, help: str, *, on_key: bool = False, part: str = "") -> Problem:
    message = "Argo Workflows would take `{{` for a template of its own"
    return Problem("MLS301", path, message, help=help, on_key=on_key, part=part)


def _kubernetes(path: Path, *, on_key: bool = False) -> Problem:
    return Problem(
        "MLS301", path, "Kubernetes would take `$(` for a variable to expand",
        help="put what needs a shell into a script of the image", on_key=on_key,
    )  # fmt: skip
