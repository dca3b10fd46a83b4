"""Reads data files in batches, whatever their format, as raw columns with the place they are from.

Raw means: text columns of a CSV stay text, JSON values stay Python values, typed formats stay
Arrow arrays. `mlspec.runtime.values` turns them into values of a declared type. Memory is bounded
by a batch, except for `json` (one document, read whole).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlspec.runtime.errors import StepFailure
from mlspec.runtime.extras import need
from mlspec.runtime.records import READERS as RECORD_READERS
from mlspec.runtime.records import batches_of

BATCH_ROWS = 65_536
CSV_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A batch of rows of one file. `columns` holds those that were asked for and exist."""

    name: str
    first_row: int  # 1 is the first data row of the file
    rows: int
    found: frozenset[str]  # every column that the file (for records: the batch) has
    columns: dict[str, Any] = field(repr=False)
    is_text: bool = False
    malformed: tuple[str, ...] = ()  # rows that could not be split into columns, described


Wanted = Sequence[str]
Reader = Callable[[Path, Wanted], Iterator[Part]]


def read_parts(path: Path, format: str, wanted: Wanted) -> Iterator[Part]:
    """All batches of a file or of a folder of part files, in the order of their names.

    Raises StepFailure when there is no file, or one cannot be read as that format.
    """
    if not path.exists():
        raise StepFailure(f"{path}: expected {format} data, found no such file or folder")
    reader = READERS[format]
    if format in TABLE_FORMATS:
        yield from _guarded(reader, path, wanted, format)
        return
    for file in data_files(path, format):
        yield from _guarded(reader, file, wanted, format)


def data_files(path: Path, format: str) -> list[Path]:
    """The part files of a folder: names that begin with `.` or `_` are markers of other tools."""
    if path.is_file():
        return [path]
    inside = [(p, p.relative_to(path).parts) for p in sorted(path.rglob("*")) if p.is_file()]
    files = [p for p, parts in inside if not any(part.startswith((".", "_")) for part in parts)]
    return [p for p in files if f".{format}" in p.suffixes] or files


def _guarded(reader: Reader, file: Path, wanted: Wanted, format: str) -> Iterator[Part]:
    pa = need("pyarrow")
    try:
        yield from reader(file, wanted)
    except UnicodeDecodeError as err:
        raise StepFailure(f"{file.name}: expected {format} in UTF-8, found other bytes") from err
    except pa.ArrowException as err:
        reason = str(err).splitlines()[0][:200]
        raise StepFailure(f"{file.name}: cannot be read as {format}: {reason}") from err


def _read_csv(file: Path, wanted: Wanted) -> Iterator[Part]:
    pa, pacsv = need("pyarrow"), need("pyarrow.csv")
    header = _csv_header(file)
    present = [name for name in wanted if name in header]
    malformed: list[str] = []

    def note(row: Any) -> str:  # its text is not repeated: it may be personal data
        place = "a row" if row.number is None else f"line {row.number}"
        malformed.append(f"{place} has {row.actual_columns} of {row.expected_columns} fields")
        return "skip"

    options = pacsv.ConvertOptions(
        include_columns=present or header[:1],
        column_types=dict.fromkeys(header, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    parse = pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=note)
    read = pacsv.ReadOptions(block_size=CSV_BLOCK_BYTES, use_threads=False)
    first = 1
    yield Part(file.name, 1, 0, frozenset(header), {}, is_text=True)
    if not header:
        return
    with pacsv.open_csv(
        file, read_options=read, parse_options=parse, convert_options=options
    ) as reader:
        for batch in reader:
            columns = {name: batch.column(name) for name in present}
            said, malformed[:] = tuple(malformed), []
            yield Part(file.name, first, len(batch), frozenset(header), columns, True, said)
            first += len(batch)
    if malformed:
        yield Part(file.name, first, 0, frozenset(header), {}, True, tuple(malformed))


def _csv_header(file: Path) -> list[str]:
    pa = need("pyarrow")
    with pa.input_stream(str(file), compression="detect") as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        header = next((row for row in csv.reader(text) if row), [])
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise StepFailure(f"{file.name}: expected each column once, found twice: {twice}")
    return header


def _read_parquet(file: Path, wanted: Wanted) -> Iterator[Part]:
    with need("pyarrow.parquet").ParquetFile(file) as data:
        found = data.schema_arrow.names
        present = [name for name in wanted if name in found]
        batches = data.iter_batches(batch_size=BATCH_ROWS, columns=present or found[:1])
        yield from _arrow_parts(file.name, found, present, batches)


def _read_delta(table: Path, wanted: Wanted) -> Iterator[Part]:
    deltalake = need("deltalake", "deltalake")
    try:
        data = deltalake.DeltaTable(str(table)).to_pyarrow_dataset()
    except deltalake.exceptions.DeltaError as err:
        raise StepFailure(f"{table.name}: cannot be read as delta: {err}") from err
    present = [name for name in wanted if name in data.schema.names]
    batches = data.to_batches(columns=present or data.schema.names[:1])
    yield from _arrow_parts(table.name, data.schema.names, present, batches)


def _read_iceberg(table: Path, wanted: Wanted) -> Iterator[Part]:
    module = need("pyiceberg.table", "pyiceberg[pyarrow]")
    versions = sorted(
        (table / "metadata").glob("*.metadata.json"), key=lambda p: (len(p.name), p.name)
    )
    if not versions:
        raise StepFailure(f"{table.name}: expected an iceberg table, found no metadata in it")
    data = module.StaticTable.from_metadata(str(versions[-1]))
    found = [column.name for column in data.schema().fields]
    present = [name for name in wanted if name in found]
    batches = data.scan(selected_fields=tuple(present or found[:1])).to_arrow_batch_reader()
    yield from _arrow_parts(table.name, found, present, batches)


def _arrow_parts(
    name: str, found: Sequence[str], present: Wanted, batches: Iterator[Any]
) -> Iterator[Part]:
    first, names = 1, frozenset(found)
    yield Part(name, 1, 0, names, {})
    for batch in batches:
        columns = {column: batch.column(column) for column in present}
        yield Part(name, first, len(batch), names, columns)
        first += len(batch)


def _record_reader(format: str) -> Reader:
    def read(file: Path, wanted: Wanted) -> Iterator[Part]:
        first = 1
        yield Part(file.name, 1, 0, frozenset(), {})
        for batch in batches_of(RECORD_READERS[format](file), BATCH_ROWS):
            found = frozenset().union(*batch)
            columns = {name: [record.get(name) for record in batch] for name in wanted}
            yield Part(file.name, first, len(batch), found, columns)
            first += len(batch)

    return read


READERS: dict[str, Reader] = {
    "csv": _read_csv,
    "parquet": _read_parquet,
    "delta": _read_delta,
    "iceberg": _read_iceberg,
    **{format: _record_reader(format) for format in RECORD_READERS},
}
FORMATS = tuple(READERS)
# A table is a folder with its own metadata; its part files mean nothing one by one.
TABLE_FORMATS = frozenset({"delta", "iceberg"})
