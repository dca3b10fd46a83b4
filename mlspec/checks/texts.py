"""All the texts of a document: with their paths, or together.

Nearly always no text is a secret or a foreign template. One look at all of them tells so, and where
each of them stands does not matter: to keep account of that takes four times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.secrets import (
    HARMLESS_KEYS,
    MAPS_OF_NAMES,
    SHORTEST,
    is_telling,
    may_look_like_secrets,
)
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlspec.source.tree import Path

_WITHOUT_TEXT = frozenset((type(None), bool, int, float))
"""The types of most values that are no text."""
_NO_STEPS = frozenset(("params", "env", *MAPS_OF_NAMES))
"""Keys below which `run` is no command, but a name that the user chose."""


class Texts(NamedTuple):
    """What one look at all texts of a document tells, keys of maps included."""

    is_any_telling: bool
    """Whether one is a secret by the keys above it."""
    may_hold_secrets: bool
    may_hold_templates: bool
    """Whether one may be taken for a template by what it passes through."""
    may_hold_templates_beside_commands: bool
    """The same of all but what steps call `run`."""


def is_foreign(text: str) -> bool:
    return "{{" in text or "$(" in text or "\0" in text


def texts_of(root: Any) -> Texts:
    """Of the texts below a typed value or a tree."""
    plain: list[str] = [root] if isinstance(root, str) else []
    commands: list[str] = []
    is_any_telling = False
    pending: list[tuple[Any, Any]] = [("", root)]
    for above, value in pending:  # which grows meanwhile
        are_names = above in MAPS_OF_NAMES
        if isinstance(value, (tuple, list)):
            for number, inner in enumerate(value):
                if type(inner) is str:
                    plain.append(inner)
                    is_any_telling |= are_names and is_telling((above, number), inner) is not None
                elif type(inner) not in _WITHOUT_TEXT:
                    pending.append((number, inner))
            continue
        if isinstance(value, dict):
            plain.extend(value)
        elif not isinstance(value, Record):
            continue
        fields = value if isinstance(value, dict) else vars(value)
        if "run" in fields and above not in _NO_STEPS:
            fields = _without_command(fields, commands)
        for key, inner in fields.items():
            if type(inner) is str:
                plain.append(inner)
                if len(inner) >= SHORTEST and (are_names or key not in HARMLESS_KEYS):
                    is_any_telling |= is_telling((above, key), inner) is not None
            elif inner and type(inner) not in _WITHOUT_TEXT:  # half of a model are empty defaults
                pending.append((key, inner))
    beside_commands, in_commands = "\n".join(plain), "\n".join(commands)
    may_hold_templates = is_foreign(beside_commands)
    return Texts(
        is_any_telling,
        is_any_telling or may_look_like_secrets(f"{beside_commands}\n{in_commands}"),
        may_hold_templates or is_foreign(in_commands),
        may_hold_templates,
    )


def _without_command(fields: Mapping[str, Any], commands: list[str]) -> Mapping[str, Any]:
    """The fields of a step but for its command, of which the words are added to `commands`."""
    run = fields["run"]
    words = (run,) if isinstance(run, str) else run
    if not isinstance(words, (tuple, list)) or not all(isinstance(word, str) for word in words):
        return fields
    commands.extend(words)
    return {key: inner for key, inner in fields.items() if key != "run"}


def strings(value: Any, path: Path) -> list[tuple[Path, str]]:
    """All texts below a typed value, keys of maps included, with their paths."""
    if isinstance(value, str):
        return [(path, value)]
    found: list[tuple[Path, str]] = []
    _collect(value, path, found)
    return found


def _collect(value: Any, path: Path, found: list[tuple[Path, str]]) -> None:
    is_map = isinstance(value, dict)
    parts: Iterable[tuple[str | int, Any]]
    if is_map or isinstance(value, Record):
        parts = (value if is_map else vars(value)).items()
    elif isinstance(value, (tuple, list)):  # lists are in overlays, which nothing has typed yet
        parts = enumerate(value)
    else:
        return
    for step, inner in parts:
        if is_map:
            found.append(((*path, step), str(step)))
        if isinstance(inner, str):
            found.append(((*path, step), inner))
        elif type(inner) not in _WITHOUT_TEXT:
            _collect(inner, (*path, step), found)
