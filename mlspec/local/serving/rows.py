"""Rows of a csv, json, jsonl or parquet file, as they stand there: what they must become depends on
the model."""

from __future__ import annotations

import csv
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from mlspec.local.serving.errors import BadData
from mlspec.runtime.errors import MissingPackage
from mlspec.runtime.extras import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row: TypeAlias = dict[str, Any]


def read_rows(path: Path, limit: int) -> list[Row]:
    """The first rows of the file, all with `limit` 0. BadData where it cannot be read."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadData(f"{path}: expected a file of the kind {', '.join(_READERS)}")
    try:
        rows = list(islice(reader(path), limit or None))
    except OSError as error:
        raise BadData(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, csv.Error) as error:
        reason = str(error).splitlines()[0][:200]
        raise BadData(f"{path}: cannot be read as {path.suffix[1:]}: {reason}") from error
    if not rows:
        raise BadData(f"{path}: there is no row in it")
    return rows


def _csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text, strict=True):
            if None in row or None in row.values():
                raise ValueError("a row has more or fewer fields than the head")
            yield row


def _json(path: Path) -> Iterator[Row]:
    found = json.loads(path.read_text(encoding="utf-8-sig"))
    rows = found if isinstance(found, list) else [found]
    yield from map(_object, rows)


def _jsonl(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as lines:
        yield from (_object(json.loads(line)) for line in lines if line.strip())


def _object(row: object) -> Row:
    if not isinstance(row, dict):
        raise ValueError("expected objects, with a key a column")
    return row


def _parquet(path: Path) -> Iterator[Row]:
    try:
        parquet = need("pyarrow.parquet")
    except MissingPackage as error:
        raise BadData(f"{path}: {error.message}") from error
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1024):
            yield from batch.to_pylist()


_READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _csv,
    ".json": _json,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}
