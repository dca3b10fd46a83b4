"""Formats of records, one map per row: json (an array), jsonl (a line each) and avro."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlspec.runtime.errors import StepFailure
from mlspec.runtime.extras import need

Record = dict[str, Any]


def batches_of(records: Iterator[Record], rows: int) -> Iterator[list[Record]]:
    while batch := list(itertools.islice(records, rows)):
        yield batch


def _text(file: Path) -> io.TextIOWrapper:
    """UTF-8 text of a file, unpacked by its suffix (.gz, .bz2, .zst ...)."""
    raw = need("pyarrow").input_stream(str(file), compression="detect")
    return io.TextIOWrapper(raw, encoding="utf-8-sig")


def _read_json(file: Path) -> Iterator[Record]:
    with _text(file) as text:
        try:
            document = json.load(text)
        except (json.JSONDecodeError, RecursionError) as err:
            # Only the reason: the text around it may be personal data.
            where = f"line {err.lineno}: {err.msg}" if isinstance(err, ValueError) else "too deep"
            hint = "; is it jsonl, an object per line?" if "Extra data" in where else ""
            raise StepFailure(f"{file.name}: cannot be read as json: {where}{hint}") from err
    if not isinstance(document, list):
        raise StepFailure(f"{file.name}: expected a JSON array of objects, found one value")
    for number, record in enumerate(document, 1):
        yield _as_record(record, f"{file.name}: item {number}")


def _read_jsonl(file: Path) -> Iterator[Record]:
    with _text(file) as text:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as err:
                reason = err.msg if isinstance(err, json.JSONDecodeError) else "nested too deep"
                raise StepFailure(
                    f"{file.name}: line {number} cannot be read as JSON: {reason}"
                ) from err
            yield _as_record(record, f"{file.name}: line {number}")


def _as_record(value: object, place: str) -> Record:
    if not isinstance(value, dict):
        raise StepFailure(f"{place}: expected an object, found {type(value).__name__}")
    return value


def _read_avro(file: Path) -> Iterator[Record]:
    fastavro = need("fastavro", "fastavro")
    with file.open("rb") as raw:
        try:
            for number, record in enumerate(fastavro.reader(raw), 1):
                yield _as_record(record, f"{file.name}: record {number}")
        except (ValueError, EOFError) as err:
            raise StepFailure(f"{file.name}: cannot be read as avro: {err}") from err


READERS: dict[str, Callable[[Path], Iterator[Record]]] = {
    "json": _read_json,
    "jsonl": _read_jsonl,
    "avro": _read_avro,
}
