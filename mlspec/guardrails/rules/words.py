"""Words that rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def counted(number: int, one: str, many: str = "") -> str:
    """`1 copy`, `2 copies`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def either(names: Iterable[str]) -> str:
    """`a`, `b` or `c`, each in backquotes."""
    *first, last = [f"`{name}`" for name in names]
    return f"{', '.join(first)} or {last}" if first else last
