"""Answers on the disk: key → a JSON object, one file each.

An entry is taken for what it is only if its checksum over key and content agrees, so one that is
cut off, damaged, or stands under another key counts as none. Files are put in place whole, so two
processes may share a store. And it is bounded: a folder that is full loses its oldest half.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VARIABLE = "MLSPEC_CACHE_DIR"

_FORMAT = "1"
_MAX_BYTES = 256 * 1024
_MOST_PER_FOLDER = 64
"""In 256 folders a kind: some sixteen thousand entries of a kilobyte."""
_DAY = 24 * 3600


def default_folder() -> Path | None:
    """Where entries are kept: MLSPEC_CACHE_DIR, or `mlspec` where XDG_CACHE_HOME or else ~/.cache
    is (https://specifications.freedesktop.org/basedir-spec). None: there is no such place."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        try:
            base = os.fspath(Path.home() / ".cache")
        except RuntimeError:
            return None
    return Path(base, "mlspec")


class Store:
    """Entries of several kinds below a folder. What cannot be read is not there; what cannot be
    written is not kept: no method raises."""

    def __init__(self, folder: Path) -> None:
        self._place = os.fspath(folder / _FORMAT)
        self._is_usable: bool | None = None

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """The entry, or None. `key`: hexadecimal."""
        import json

        if not self._may_be_read():
            return None
        file = self._file(kind, key)
        try:
            with open(file, "rb") as stream:
                data = stream.read(_MAX_BYTES)
                age = time.time() - os.fstat(stream.fileno()).st_mtime
            checksum, _, content = data.partition(b"\n")
            if checksum != _checksum(key, content):
                return None
            found = json.loads(content)
            if age > _DAY:
                os.utime(file)  # so that what is in use is not the oldest
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Keeps an entry; one of the same key is replaced."""
        import json

        content = json.dumps(value, separators=(",", ":")).encode()
        data = _checksum(key, content) + b"\n" + content
        if len(data) > _MAX_BYTES or not self._may_be_read(make=True):
            return
        file = self._file(kind, key)
        folder = os.path.dirname(file)
        made = f"{file}.{os.getpid()}"
        with suppress(OSError):
            if key[2] == "0":  # one in sixteen: looking each time takes longer than writing
                _make_room(folder)
            try:
                _write(made, data)
                os.replace(made, file)
            except OSError:
                os.unlink(made)

    def _file(self, kind: str, key: str) -> str:
        return f"{self._place}/{kind}/{key[:2]}/{key}"

    def _may_be_read(self, *, make: bool = False) -> bool:
        """Whether the folder is ours alone: what others may write to proves nothing."""
        if self._is_usable is None or (make and not self._is_usable):
            try:
                if make:
                    os.makedirs(self._place, mode=0o700, exist_ok=True)
                status = os.stat(self._place)
                self._is_usable = status.st_uid == os.geteuid() and not status.st_mode & 0o022
            except OSError:
                self._is_usable = False
        return self._is_usable


def _write(file: str, data: bytes) -> None:
    try:
        stream = open(file, "wb")  # noqa: SIM115
    except FileNotFoundError:
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        stream = open(file, "wb")  # noqa: SIM115
    with stream:
        stream.write(data)


def _checksum(key: str, content: bytes) -> bytes:
    return sha256(key.encode() + b"\n" + content).hexdigest().encode()


def _make_room(folder: str) -> None:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    if len(names) < _MOST_PER_FOLDER:
        return
    files = [f"{folder}/{name}" for name in names]
    ages: dict[str, float] = {}
    for file in files:
        with suppress(OSError):
            ages[file] = os.stat(file).st_mtime
    for file in sorted(ages, key=lambda each: ages[each])[: _MOST_PER_FOLDER // 2]:
        with suppress(OSError):
            os.unlink(file)
