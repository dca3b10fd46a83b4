"""`ingest`: snapshot a source (files, or a query of a database) into the pipeline's own storage."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mlspec.runtime import sql
from mlspec.runtime.errors import StepFailure, UsageError
from mlspec.runtime.freshness import newest_value, write_timestamp
from mlspec.runtime.jsonfile import object_argument
from mlspec.runtime.reading import FORMATS

HELP = "Snapshot a file, a folder or a query of a database."
CHUNK_BYTES = 1 << 20
# A folder of a hundred thousand part files should not drown the log.
LOGGED_FILES = 50


@dataclass(frozen=True, slots=True)
class Copied:
    """One file of a snapshot: its path within the source, size, SHA-256 and modification time."""

    name: str
    size: int
    sha256: str
    modified: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--from", dest="source", type=Path, metavar="PATH", help="file or folder")
    origin.add_argument("--sql", metavar="JSON", help="a database, and a query or table in it")
    parser.add_argument("--to", required=True, type=Path, metavar="PATH")
    parser.add_argument("--timestamp", type=Path, metavar="PATH", help="receives unix seconds")
    parser.add_argument("--timestamp-column", metavar="COLUMN", help="its newest value counts")
    parser.add_argument("--format", choices=FORMATS, help="of the files, for --timestamp-column")
    parser.add_argument(
        "--digest", type=Path, metavar="PATH", help="receives the content's SHA-256"
    )


def run(args: argparse.Namespace) -> int:
    _check_usage(args)
    if args.source is None:
        options = sql.Source.parse(object_argument(args.sql, "--sql"))
        moment = sql.snapshot(options, args.to, args.timestamp_column)
        digest = _file_digest(args.to)
    else:
        copied = _snapshot_files(args.source, args.to)
        moment, digest = max(file.modified for file in copied), _digest_of(copied)
        if args.timestamp_column:
            moment = newest_value(args.to, args.format, args.timestamp_column)
    if args.digest:
        args.digest.parent.mkdir(parents=True, exist_ok=True)
        args.digest.write_text(digest, encoding="ascii")
    if args.timestamp:
        write_timestamp(args.timestamp, moment)
        print(f"newest data: {datetime.fromtimestamp(moment).astimezone().isoformat()}")
    return 0


def _check_usage(args: argparse.Namespace) -> None:
    if args.timestamp_column and not args.timestamp:
        raise UsageError("--timestamp-column needs --timestamp, the file that receives the result")
    if args.timestamp_column and args.source is not None and not args.format:
        raise UsageError("--timestamp-column needs --format, to read the column from the files")


def _snapshot_files(source: Path, target: Path) -> list[Copied]:
    """Copies and logs what was copied."""
    copied = list(copy_tree(source, target))
    if not copied:
        raise StepFailure(f"{source}: expected at least one file, found an empty folder")
    for file in copied[:LOGGED_FILES]:
        print(f"{file.name}  {file.size} bytes  sha256:{file.sha256}")
    if len(copied) > LOGGED_FILES:
        print(f"... and {len(copied) - LOGGED_FILES} more files")
    if len(copied) > 1:
        total = sum(file.size for file in copied)
        print(f"total  {len(copied)} files  {total} bytes  sha256:{_digest_of(copied)}")
    return copied


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of(copied: list[Copied]) -> str:
    """The SHA-256 of one file, or of the list of digests and names as `sha256sum` writes it."""
    if len(copied) == 1:
        return copied[0].sha256
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in copied)
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def folder_digest(folder: Path) -> str:
    """The SHA-256 of the list of all files below, as `sha256sum` writes it."""
    root = folder.resolve(strict=True)
    lines = "".join(f"{_file_digest(root / name)}  {name}\n" for name in _files_below(root))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def copy_tree(source: Path, target: Path) -> Iterator[Copied]:
    """Copies a file or a folder, byte for byte, in the order of the names.

    Each file appears at its place whole or not at all. Raises StepFailure for a link out of the
    tree, for anything that is neither file nor folder, and when the two places overlap.
    """
    root = source.resolve(strict=True)
    if root.is_file():
        yield _copy_file(root, target, root.name)
        return
    if not root.is_dir():
        raise StepFailure(f"{source}: expected a file or a folder, found a special file")
    place = target.resolve()
    if place.is_relative_to(root) or root.is_relative_to(place):
        raise StepFailure(f"cannot copy {source} to {target}: one lies within the other")
    if target.is_dir() and any(target.iterdir()):
        raise StepFailure(f"{target}: expected an empty or absent folder, found files in it")
    target.mkdir(parents=True, exist_ok=True)
    for name in _files_below(root):
        yield _copy_file((root / name).resolve(strict=True), target / name, name)


def _files_below(root: Path) -> Iterator[str]:
    """Relative names, sorted. A linked folder is not entered: its files lie elsewhere in the tree,
    and are copied from there."""
    names: list[str] = []
    for folder, folders, files in os.walk(root, onerror=_raise):
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.is_symlink():
                _refuse_outside(path, root)
            if name in files:
                names.append(path.relative_to(root).as_posix())
    yield from sorted(names)


def _refuse_outside(link: Path, root: Path) -> None:
    try:
        inside = link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError) as err:
        raise StepFailure(f"{link.relative_to(root)}: a link that leads nowhere") from err
    if not inside:
        raise StepFailure(
            f"{link.relative_to(root)}: a link that leads out of the folder; refused, "
            "since a snapshot must hold only what the source holds"
        )


def _raise(error: OSError) -> None:
    raise error


def _copy_file(source: Path, target: Path, name: str) -> Copied:
    """Copies through a temporary neighbour, so that no half-written file is ever seen."""
    info = source.stat()
    if not stat.S_ISREG(info.st_mode):  # opening a pipe would wait for ever
        raise StepFailure(f"{name}: expected a file, found a special file (pipe, socket, device)")
    if target.is_dir():
        raise StepFailure(f"{target}: expected a place for a file, found a folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.samefile(source):
        raise StepFailure(f"cannot copy {source} onto itself")
    handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=".ingest-")
    try:
        with source.open("rb") as reader, os.fdopen(handle, "wb") as writer:
            size, sha256 = _pump(reader, writer)
        shutil.copymode(source, scratch)
        os.utime(scratch, ns=(info.st_atime_ns, info.st_mtime_ns))
        Path(scratch).replace(target)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return Copied(name, size, sha256, info.st_mtime)


def _pump(reader: BinaryIO, writer: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := reader.read(CHUNK_BYTES):
        digest.update(chunk)
        writer.write(chunk)
        size += len(chunk)
    return size, digest.hexdigest()
