"""Judges the batches of one column against its declared constraints, and tells what is wrong.

Counts everything, keeps a few samples; memory is bounded by a batch, except that a `unique` column
is kept whole (that one column only).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mlspec.runtime.extras import need
from mlspec.runtime.reading import Part
from mlspec.runtime.schema import Column, whole
from mlspec.runtime.values import arrow_type, conform

SAMPLES = 5
SAMPLE_CHARS = 60


@dataclass(slots=True)
class Finding:
    """Rows that break one rule: how many, and where the first few are."""

    expected: str
    count: int = 0
    samples: list[str] = field(default_factory=list)


class ColumnJudge:
    """Takes a column's batches one by one; `violations()` tells what was found in all of them."""

    def __init__(self, column: Column, many_files: bool) -> None:
        self.column = column
        self._many_files = many_files
        self._findings: dict[str, Finding] = {}
        self._kept: list[Any] = []

    def take(self, part: Part) -> None:
        raw = part.columns[self.column.name]
        values, wrong = conform(raw, self.column.type, part.is_text)
        expected = f"expected {_article(self.column.type)}{_stored_as(raw, part.is_text)}"
        self._note("type", expected, wrong, part, raw)
        self._note_nulls(values, wrong, part)
        for rule, words, broken in self._broken_rules(values):
            self._note(rule, words, broken, part, raw)
        if self.column.unique:
            self._kept.append(values)

    def _note_nulls(self, values: Any, wrong: Any, part: Part) -> None:
        if self.column.nullable:
            return
        pc = need("pyarrow.compute")
        null = pc.and_not(pc.is_null(values), wrong)
        self._note("null", "expected no null", null, part, None)

    def _broken_rules(self, values: Any) -> Iterator[tuple[str, str, Any]]:
        """Rule, what it expects, and a mask of the values that break it (null where null)."""
        pa, pc = need("pyarrow"), need("pyarrow.compute")
        column = self.column
        if column.min is not None:
            yield "min", f"expected at least {_show(column.min)}", pc.less(values, column.min)
        if column.max is not None:
            yield "max", f"expected at most {_show(column.max)}", pc.greater(values, column.max)
        if column.enum:
            members = pa.array(list(column.enum), arrow_type(column.type))
            words = f"expected one of {', '.join(_show(member) for member in column.enum)}"
            unknown = pc.invert(pc.is_in(values, value_set=members))
            yield "enum", words, pc.and_(unknown, pc.is_valid(values))
        if column.pattern:
            matches = pc.match_substring_regex(values, whole(column.pattern))
            yield "pattern", f"expected the pattern {column.pattern}", pc.invert(matches)

    def _note(self, rule: str, expected: str, broken: Any, part: Part, raw: Any) -> None:
        pc = need("pyarrow.compute")
        count = pc.sum(broken).as_py() or 0
        if not count:
            return
        finding = self._findings.setdefault(rule, Finding(expected))
        finding.count += count
        rows = pc.indices_nonzero(pc.fill_null(broken, False))
        for index in rows[: SAMPLES - len(finding.samples)].to_pylist():
            value = None if raw is None else raw[index]
            finding.samples.append(self._sample(part, index, value))

    def _sample(self, part: Part, index: int, value: Any) -> str:
        place = f"row {part.first_row + index}"
        if self._many_files:
            place = f"{part.name} {place}"
        if value is None or self.column.pii:
            return place
        return f"{place}: {_show(value.as_py() if hasattr(value, 'as_py') else value)}"

    def violations(self) -> Iterator[str]:
        for finding in self._findings.values():
            rows = "1 row" if finding.count == 1 else f"{finding.count} rows"
            yield self._tell(finding.expected, rows, finding.samples)
        if self.column.unique:
            yield from self._duplicates()

    def _duplicates(self) -> Iterator[str]:
        pa, pc = need("pyarrow"), need("pyarrow.compute")
        chunks = pa.chunked_array(self._kept, arrow_type(self.column.type))
        counted = pc.value_counts(chunks.drop_null())
        repeated = counted.filter(pc.greater(counted.field("counts"), 1))
        if not len(repeated):
            return
        rows = pc.sum(repeated.field("counts")).as_py()
        samples = [
            f"{_show(found['values'])} in {found['counts']} rows"
            for found in repeated[:SAMPLES].to_pylist()
        ]
        words = f"{len(repeated)} that repeat, in {rows} rows"
        yield self._tell("expected distinct values", words, [] if self.column.pii else samples)

    def _tell(self, expected: str, found: str, samples: list[str]) -> str:
        more = f" ({'; '.join(samples)})" if samples else ""
        hidden = " [values not shown: personal data]" if self.column.pii else ""
        return f"{self.column.name}: {expected}, found {found}{more}{hidden}"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _stored_as(raw: Any, is_text: bool) -> str:
    return "" if is_text or isinstance(raw, list) else f" (stored as {raw.type})"


def _show(value: object) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else repr(value)
    return text if len(text) <= SAMPLE_CHARS else f"{text[:SAMPLE_CHARS]}..."
