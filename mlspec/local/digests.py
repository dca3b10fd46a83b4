"""Digests of content, and a memory of them so that a file is read once while it stays the same."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from pathlib import Path
from typing import Any

from mlspec.local.files import files_below, read_object, write_json

_SETTLED_NS = 1_000_000_000
"""A file that was written less than this ago may be written again within the same tick of its
file system's clock: its digest is not remembered."""


def of_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def of_value(value: Any) -> str:
    """Of plain data, whatever the order of its keys."""
    return of_text(json.dumps(value, sort_keys=True, separators=(",", ":")))


class Index:
    """Digests of files by path, size and times, kept from run to run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[Any]] = {
            name: known
            for name, known in read_object(path).items()
            if isinstance(known, list) and known and isinstance(known[0], str)
        }
        self._changed = False

    def save(self) -> None:
        if self._changed:
            write_json(self._path, self._known)
            self._changed = False

    def file(self, path: str) -> str:
        """The SHA-256 of a file; of a link, of where it leads to. What cannot be read (a pipe,
        another user's file) counts by its kind alone; what has just gone, as that."""
        try:
            return self._file(path, os.lstat(path))
        except FileNotFoundError:
            return of_text("gone")

    def _file(self, path: str, info: os.stat_result) -> str:
        if stat.S_ISLNK(info.st_mode):
            return of_text(f"link to {os.readlink(path)}")  # noqa: PTH115
        seen = [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
        known = self._known.get(path)
        if known and known[1:] == seen:
            return str(known[0])
        if not stat.S_ISREG(info.st_mode) or not os.access(path, os.R_OK):
            return of_text(f"file of mode {info.st_mode}")
        digest = _of_file(path)
        if time.time_ns() - max(info.st_mtime_ns, info.st_ctime_ns) > _SETTLED_NS:
            self._known[path] = [digest, *seen]
            self._changed = True
        return digest

    def tree(self, path: Path) -> str:
        """Of a file, or of the digests and names of all files in a folder."""
        if not path.is_dir():
            return self.file(str(path.resolve()))
        names = files_below(path)
        return of_text("".join(f"{self.file(f'{path}/{name}')}  {name}\n" for name in names))


def of_tree(path: Path) -> str:
    """As `Index.tree`, remembering nothing."""
    return Index(Path(os.devnull)).tree(path)


def signature(path: Path) -> str:
    """Of names, sizes and times: tells cheaply that nobody has touched a result since."""
    names = files_below(path) if path.is_dir() else [""]
    seen = []
    for name in names:
        info = os.lstat(path / name)
        seen.append([name, info.st_size, info.st_mtime_ns])
    return of_value(seen)


def _of_file(path: str) -> str:
    with open(path, "rb") as stream:  # noqa: PTH123
        return hashlib.file_digest(stream, "sha256").hexdigest()
