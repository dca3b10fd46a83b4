"""Values in aligned columns, no wider than the terminal."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "
_LEFT_OUT = "…"
_DIGITS = 6


def table(
    heads: Sequence[str], rows: Sequence[Sequence[Any]], *, kept: int, width: int | None = None
) -> str:
    """The last `kept` columns are always there; of the others, those that fit. `width` is that of
    the terminal, and there is no limit where the output goes elsewhere."""
    limit = _terminal() if width is None else width
    texts = [[_cell(value) for value in row] for row in rows]
    columns = [[head, *cells] for head, *cells in zip(heads, *texts, strict=True)]
    right = [all(_is_number(value) for value in column) for column in zip(*rows, strict=True)]
    shown = [
        [cell.rjust(_width(column)) if is_right else cell.ljust(_width(column)) for cell in column]
        for column, is_right in zip(columns, right, strict=True)
    ]
    split = len(shown) - kept
    chosen = [*_that_fit(shown[:split], shown[split:], limit), *shown[split:]]
    return "\n".join(_GAP.join(line).rstrip() for line in zip(*chosen, strict=True))


def _that_fit(
    columns: list[list[str]], kept: list[list[str]], limit: int | None
) -> list[list[str]]:
    def total(some: list[list[str]]) -> int:
        return sum(len(column[0]) + len(_GAP) for column in some)

    if limit is None or total(columns + kept) - len(_GAP) <= limit:
        return columns
    dots = [_LEFT_OUT] * len(kept[0] if kept else columns[0])
    while columns and total([*columns, dots, *kept]) - len(_GAP) > limit:
        columns = columns[:-1]
    return [*columns, dots]


def _terminal() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _width(column: Sequence[str]) -> int:
    return max(len(cell) for cell in column)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    if isinstance(value, list):
        return "[" + ", ".join(_cell(each) for each in value) + "]"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
