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


class Texts(NamedTuple):
    """The texts of a document, one a line."""

    plain: str
    """All but the commands, keys of maps included."""
    commands: str
    """What models call `run`."""
    is_any_telling: bool
    """Whether one of them is a secret by the keys above it."""

    @property
    def may_hold_templates(self) -> bool:
        """Whether one that is no command may be taken for a template by what it passes through."""
        return is_foreign(self.plain)

    @property
    def may_hold_secrets(self) -> bool:
        return self.is_any_telling or may_look_like_secrets(f"{self.plain}\n{self.commands}")


def is_foreign(text: str) -> bool:
    return "{{" in text or "$(" in text or "\0" in text


def texts_of(root: Any) -> Texts:
    """The texts below a typed value or a tree."""
    found = _Found([root] if isinstance(root, str) else [], [], [])
    pending: list[tuple[Any, Any]] = [("", root)]
    for above, value in pending:  # which grows meanwhile
        if isinstance(value, dict):
            found.plain.extend(value)
            _look(above, value, found, pending)
        elif isinstance(value, Record):
            fields = vars(value)
            if run := fields.get("run"):
                found.commands.extend((run,) if isinstance(run, str) else run)
                fields = {key: inner for key, inner in fields.items() if key != "run"}
            _look(above, fields, found, pending)
        elif isinstance(value, (tuple, list)):
            _look_at_items(above, value, found, pending)
    return Texts("\n".join(found.plain), "\n".join(found.commands), bool(found.telling))


class _Found(NamedTuple):
    plain: list[str]
    commands: list[str]
    telling: list[str]


def _look(
    above: Any, fields: Mapping[str, Any], found: _Found, pending: list[tuple[Any, Any]]
) -> None:
    plain = found.plain
    are_names = above in MAPS_OF_NAMES
    for key, value in fields.items():
        if not value:  # half of what a model has are defaults
            continue
        if isinstance(value, str):
            plain.append(value)
            if len(value) < SHORTEST:
                continue
            if (are_names or key not in HARMLESS_KEYS) and is_telling((above, key), value):
                found.telling.append(key)
        elif type(value) not in _WITHOUT_TEXT:
            pending.append((key, value))


def _look_at_items(
    above: Any, items: Iterable[Any], found: _Found, pending: list[tuple[Any, Any]]
) -> None:
    are_names = above in MAPS_OF_NAMES
    for number, value in enumerate(items):
        if isinstance(value, str):
            found.plain.append(value)
            if are_names and is_telling((above, number), value):
                found.telling.append(above)
        elif type(value) not in _WITHOUT_TEXT:
            pending.append((number, value))


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
