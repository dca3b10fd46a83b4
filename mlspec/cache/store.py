"""Answers on the disk: key → a JSON object, a line each, in a few files a kind.

A line is taken for what it is only if its checksum over key and content agrees, so one that is cut
off, damaged, or stands under another key counts as none. Lines are only ever appended, each in one
write, so processes may share a store. And it is bounded: a file that is full loses its oldest half.

With a file an entry, keeping one took four times as long in memory, and six times on ext4.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VARIABLE = "MLSPEC_CACHE_DIR"

_FORMAT = "2"
_KEY = 64
"""Characters of a key, and of a checksum."""
_MAX_BYTES = 64 * 1024
"""Of an entry: some five hundred warnings. What has more to tell would push out too many others."""
_MOST_BYTES = 512 * 1024
"""In 16 files a kind: some sixteen thousand entries. To look for one in a full file takes half a
millisecond."""


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


class _Shard(NamedTuple):
    """A file, as it was read."""

    lines: dict[bytes, bytes]
    """Key → the last line that begins with it."""
    old: set[bytes]
    """The keys of those that will be lost when the file is full, if that is soon."""


class Store:
    """Entries of several kinds below a folder. What cannot be read is not there; what cannot be
    written is not kept: no method raises. What another process adds to a file that was read here
    already is not seen."""

    def __init__(self, folder: Path) -> None:
        self._place = os.fspath(folder / _FORMAT)
        self._is_usable: bool | None = None
        self._shards: dict[str, _Shard] = {}

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """The entry, or None. `key`: 64 hexadecimal digits."""
        import json

        if not self._may_be_read():
            return None
        file = self._file(kind, key)
        shard = self._shards.get(file)
        if shard is None:
            shard = self._shards[file] = _shard(file)
        name = key.encode()
        line = shard.lines.get(name)
        if line is None or not _is_right(line):
            return None
        try:
            found = json.loads(_content(line))
        except (ValueError, RecursionError):
            return None
        if name in shard.old:
            self._add(file, line)  # what is in use is to be among the newest
        return found if isinstance(found, dict) else None

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Keeps an entry; one of the same key is replaced."""
        import json

        content = json.dumps(value, separators=(",", ":")).encode()
        if len(content) <= _MAX_BYTES and self._may_be_read(make=True):
            self._add(self._file(kind, key), _line(key.encode(), content))

    def _add(self, file: str, line: bytes) -> None:
        with suppress(OSError):
            if _append(file, line) > _MOST_BYTES:
                _make_room(file)
        if shard := self._shards.get(file):
            shard.lines[line[:_KEY]] = line
            shard.old.discard(line[:_KEY])

    def _file(self, kind: str, key: str) -> str:
        return f"{self._place}/{kind}/{key[0]}"

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


def _line(key: bytes, content: bytes) -> bytes:
    """Without its end: JSON has no line ends, and so neither has a line."""
    checksum = sha256(key + b"\n" + content).hexdigest().encode()
    return b"%b %b %b" % (key, checksum, content)


def _content(line: bytes) -> bytes:
    return line[2 * _KEY + 2 :]


def _is_right(line: bytes) -> bool:
    return line == _line(line[:_KEY], _content(line))


def _shard(file: str) -> _Shard:
    data = _read(file)
    lines = {line[:_KEY]: line for line in data.split(b"\n")}
    if len(data) <= _MOST_BYTES * 3 // 4:  # it is not full soon
        return _Shard(lines, set())
    newer = data[-_MOST_BYTES // 2 :].split(b"\n")
    return _Shard(lines, lines.keys() - {line[:_KEY] for line in newer})


def _read(file: str) -> bytes:
    """What is in a file: if it has outgrown all bounds, the end of it."""
    try:
        fd = os.open(file, os.O_RDONLY)
    except OSError:
        return b""
    try:
        size = os.fstat(fd).st_size
        return os.pread(fd, min(size, 2 * _MOST_BYTES), max(0, size - 2 * _MOST_BYTES))
    except OSError:  # it is a folder
        return b""
    finally:
        os.close(fd)


def _append(file: str, line: bytes) -> int:
    """Adds a line to a file, and returns how large that is. The line begins with a line end, so
    that one that was cut off takes none with it; and it is one write to the end of the file, which
    no other process can come into."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        fd = os.open(file, flags, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        fd = os.open(file, flags, 0o600)
    try:
        os.write(fd, b"\n" + line)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)


def _make_room(file: str) -> None:
    """Leaves the newer half of a file. What another process adds meanwhile may be lost; should two
    do this at once, what they write over each other is no entry."""
    kept: dict[bytes, bytes] = {}
    room = _MOST_BYTES // 2
    for line in reversed(_read(file).split(b"\n")):
        if line[:_KEY] in kept or not _is_right(line):
            continue
        room -= len(line) + 1
        if room < 0:
            break
        kept[line[:_KEY]] = line
    made = f"{file}.new"
    fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(fd, b"".join(b"\n" + line for line in reversed(kept.values())))
    finally:
        os.close(fd)
    os.replace(made, file)
