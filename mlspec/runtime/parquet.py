"""Rows of a database into one parquet file, though their types are known only chunk by chunk."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

from mlspec.runtime.errors import StepFailure
from mlspec.runtime.extras import need
from mlspec.runtime.freshness import newest_in

READ_BYTES = 1 << 20


class PartsWriter:
    """Writes chunks of rows; the file appears when all are written, whole or not at all.

    A column may be all null in one chunk and numbers in the next, or grow in precision. So chunks
    of one schema go to one part file, and several parts are merged at the end under the widest
    schema, batch by batch. Nearly always there is one part, and nothing to merge.
    """

    def __init__(self, target: Path, timestamp_column: str | None = None) -> None:
        self.rows = 0
        self.newest: float | None = None
        self._target, self._timestamp_column = target, timestamp_column
        self._parts: list[Path] = []
        self._schemas: list[Any] = []
        self._writer: Any = None
        self._without_rows: Any = None

    def __enter__(self) -> PartsWriter:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=self._target.parent, prefix=".ingest-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._parts and self._without_rows is not None:
                self._start_part(self._without_rows.schema)
            self._close()
            if kind is None:
                self._merged().replace(self._target)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Raises StepFailure for two columns of one name, or values that parquet cannot hold."""
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise StepFailure(f"expected each column once, found twice: {twice}; name them apart")
        table = _table(names, rows)
        self._note_newest(table)
        if not rows:  # it knows the names, not the types; it counts only if no rows ever come
            self._without_rows = table
            return
        self.rows += len(rows)
        if not self._schemas or not table.schema.equals(self._schemas[-1]):
            self._start_part(table.schema)
        self._writer.write_table(table)

    def digest(self) -> str:
        digest = hashlib.sha256()
        with self._target.open("rb") as reader:
            while chunk := reader.read(READ_BYTES):
                digest.update(chunk)
        return f"sha256:{digest.hexdigest()}"

    def _start_part(self, schema: Any) -> None:
        self._close()
        part = self._folder / f"part-{len(self._parts):05}.parquet"
        self._writer = need("pyarrow.parquet").ParquetWriter(part, schema)
        self._parts.append(part)
        self._schemas.append(schema)

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _merged(self) -> Path:
        pa, pq = need("pyarrow"), need("pyarrow.parquet")
        if len(self._parts) == 1:
            return self._parts[0]
        try:
            schema = pa.unify_schemas(self._schemas, promote_options="permissive")
        except pa.ArrowException as err:
            reason = str(err).splitlines()[0]
            raise StepFailure(f"rows differ in type: {reason}; cast it in the query") from err
        merged = self._folder / "merged.parquet"
        with pq.ParquetWriter(merged, schema) as writer:
            for part in self._parts:
                for batch in pq.ParquetFile(part).iter_batches():
                    writer.write_batch(batch.cast(schema))
        return merged

    def _note_newest(self, table: Any) -> None:
        name = self._timestamp_column
        if name is None:
            return
        if name not in table.column_names:
            there = ", ".join(table.column_names)
            raise StepFailure(f"expected the timestamp column {name!r}, found: {there}")
        column = table.column(name).combine_chunks()
        found, wrong = newest_in(column, is_text=False)
        if wrong:
            raise StepFailure(f"{name}: expected dates or timestamps, found {column.type}")
        self.newest = max((x for x in (self.newest, found) if x is not None), default=None)


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    pa = need("pyarrow")
    arrays = []
    for index, name in enumerate(names):
        values = [_plain(row[index]) for row in rows]
        try:
            arrays.append(pa.array(values))
        except (pa.ArrowException, OverflowError) as err:
            kinds = sorted({type(value).__name__ for value in values if value is not None})
            raise StepFailure(
                f"{name}: cannot be held by parquet (values of {', '.join(kinds)}); "
                "cast it in the query"
            ) from err
    return pa.table(arrays, names=list(names))


def _plain(value: Any) -> Any:
    """What drivers return beyond numbers, text and times, as something every reader understands."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)  # a session's offset may change within a column
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, default=str)
    if isinstance(value, memoryview):
        return bytes(value)
    return value
