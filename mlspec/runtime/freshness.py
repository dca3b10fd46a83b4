"""How fresh data is: the unix seconds of its newest part, found, written, read and judged."""

from __future__ import annotations

from pathlib import Path

from mlspec.runtime.errors import StepFailure
from mlspec.runtime.extras import need
from mlspec.runtime.reading import read_parts
from mlspec.runtime.values import conform

# Naive timestamps count as UTC, and no time zone is further from it than 14 hours; what lies
# further ahead is a wrong value, behind which stale data would look fresh for ever.
FURTHEST_AHEAD_SECONDS = 86_400


def newest_value(path: Path, format: str, column: str) -> float:
    """Unix seconds of the newest value of a column of dates or timestamps; naive means UTC."""
    newest: float | None = None
    wrong = 0
    for part in read_parts(path, format, (column,)):
        if not part.rows:
            continue
        if column not in part.columns:
            raise StepFailure(
                f"{part.name}: expected the timestamp column {column!r}, "
                f"found: {', '.join(sorted(part.found)) or 'no columns'}"
            )
        found, bad = newest_in(part.columns[column], part.is_text)
        wrong += bad
        newest = max((x for x in (newest, found) if x is not None), default=None)
    if wrong:
        raise StepFailure(f"{column}: expected dates or timestamps, found {wrong} other values")
    if newest is None:
        raise StepFailure(f"{column}: expected at least one date or timestamp, found none")
    return newest


def newest_in(raw: object, is_text: bool) -> tuple[float | None, int]:
    """Unix seconds of the newest value (None when there is none), and how many are no moment."""
    pc = need("pyarrow.compute")
    values, wrong = conform(raw, "timestamp", is_text)
    newest = pc.max(values).as_py()
    return (None if newest is None else newest.timestamp()), pc.sum(wrong).as_py() or 0


def write_timestamp(path: Path, moment: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{int(moment)}\n", encoding="ascii")


def read_timestamp(path: Path) -> int:
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    if not (text.lstrip("-").isascii() and text.lstrip("-").isdigit()):
        raise StepFailure(f"{path}: expected unix seconds as an integer, found {text[:40]!r}")
    return int(text)


def judge(moment: int, now: float, limit: int) -> str | None:
    """What is wrong with data as old as `moment`, with at most `limit` seconds allowed, or None."""
    age = now - moment
    if age > limit:
        return f"expected data at most {_span(limit)} old, found it {_span(age)} old"
    if age < -FURTHEST_AHEAD_SECONDS:
        return f"expected data of the past, found its newest moment {_span(-age)} in the future"
    return None


def _span(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
