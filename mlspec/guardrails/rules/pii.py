"""Columns that tell who a person is: `pii: true`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def pii_columns(columns: Mapping[str, Any]) -> list[str]:
    """The columns that are declared as such, in their order."""
    return [name for name, column in columns.items() if getattr(column, "pii", False)]
