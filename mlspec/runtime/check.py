"""`check`: is the data what the project declares? All violations, in one run."""

from __future__ import annotations

import argparse
import difflib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlspec.runtime import freshness
from mlspec.runtime.constraints import SAMPLES, ColumnJudge
from mlspec.runtime.errors import StepFailure, UsageError
from mlspec.runtime.jsonfile import object_argument
from mlspec.runtime.reading import FORMATS, read_parts
from mlspec.runtime.schema import Column, parse_schema

HELP = "Check data against its declared schema and freshness."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, type=Path, metavar="PATH")
    parser.add_argument("--format", required=True, choices=FORMATS)
    parser.add_argument("--schema", required=True, metavar="JSON", help="column to constraints")
    parser.add_argument("--freshness", type=int, metavar="SECONDS", help="the oldest that is fresh")
    parser.add_argument("--timestamp", type=Path, metavar="PATH", help="as `ingest` wrote it")


def run(args: argparse.Namespace) -> int:
    if args.freshness is not None and args.timestamp is None:
        raise UsageError("--freshness needs --timestamp, the file that says how fresh the data is")
    columns = parse_schema(object_argument(args.schema, "--schema"))
    violations = []
    if args.freshness is not None:
        moment = freshness.read_timestamp(args.timestamp)
        stale = freshness.judge(moment, time.time(), args.freshness)
        violations += [f"freshness: {stale}"] if stale else []
    review = Review(args.data, args.format, columns)
    violations += review.violations()
    if violations:
        count = f"{len(violations)} violation{'s' if len(violations) > 1 else ''}"
        lines = "".join(f"\n  {violation}" for violation in violations)
        raise StepFailure(f"{args.data}: {count} in {review.rows} rows{lines}")
    print(f"{args.data}: {review.rows} rows, {len(columns)} declared columns: ok")
    return 0


class Review:
    """One pass over a data set; `rows` is how many were read."""

    def __init__(self, path: Path, format: str, columns: Sequence[Column]) -> None:
        self.rows = 0
        self._path, self._format = path, format
        self._judges = {c.name: ColumnJudge(c, many_files=path.is_dir()) for c in columns}
        self._found: dict[str, set[str]] = {}
        self._malformed: list[str] = []

    def violations(self) -> list[str]:
        """What is wrong, in the order of the schema; the whole data set is read once."""
        for part in read_parts(self._path, self._format, tuple(self._judges)):
            self.rows += part.rows
            self._found.setdefault(part.name, set()).update(part.found)
            self._malformed += [f"{part.name}: {row}" for row in part.malformed]
            for name in part.columns if part.rows else ():
                self._judges[name].take(part)
        return [*self._unusable(), *self._missing_or_wrong()]

    def _unusable(self) -> Iterator[str]:
        if not self.rows:
            yield "expected rows, found none: the data set is empty"
        if self._malformed:
            first = "; ".join(self._malformed[:SAMPLES])
            count = len(self._malformed)
            yield f"expected a field for each column, found {count} rows with others ({first})"

    def _missing_or_wrong(self) -> Iterator[str]:
        for name, judge in self._judges.items():
            without = [file for file, found in self._found.items() if name not in found]
            # Files of records show their columns only in their rows; an empty one shows none.
            if without and (self.rows or any(self._found.values())):
                yield self._missing(name, without)
            if len(without) < len(self._found):
                yield from judge.violations()

    def _missing(self, name: str, files: Sequence[str]) -> str:
        there = set().union(*(self._found[file] for file in files))
        near = difflib.get_close_matches(name, sorted(there), n=1)
        near += [other for other in sorted(there) if other.lower() == name.lower()][:1]
        hint = f"; did you mean {near[-1]!r}?" if near else f"; found: {_list(there)}"
        where = "" if len(files) == len(self._found) else f" in {_list(set(files))}"
        return f"{name}: expected a column, found none{where}{hint}"


def _list(names: set[str]) -> str:
    shown = sorted(names)[:10]
    return ", ".join(shown) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
