"""Rendered trees of many projects, kept outside of memory until all are known to be right.

A file without a name, opened before any worker is forked, so that each process can write to it and
read what another wrote. It is gone with the last of them, however they end.
"""

from __future__ import annotations

import fcntl
import marshal
import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self


class Spooled(NamedTuple):
    """Where the files of a tree are, in this process and those forked from it."""

    fd: int
    offset: int
    size: int

    def load(self) -> dict[str, bytes]:
        """Path → content. OSError: it cannot be read any more."""
        data = os.pread(self.fd, self.size, self.offset)
        while len(data) < self.size:
            more = os.pread(self.fd, self.size - len(data), self.offset + len(data))
            if not more:
                raise OSError("a temporary file was cut off")
            data += more
        found: dict[str, bytes] = marshal.loads(data)  # nobody else can write it
        return found


class Spool:
    """Keeps nothing until it is opened; what it keeps is there as long as it is."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._room = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def open(self, room: int = 0) -> None:
        """To be called before processes are forked that shall share it. `room`: as many bytes may
        stay in memory; from one process to the next they would have to be copied."""
        from tempfile import TemporaryFile

        self._room = room
        with suppress(OSError):  # without a place for temporary files all stays in memory
            self._file = TemporaryFile(prefix="mlspec-")  # noqa: SIM115

    def keep(self, files: Mapping[str, bytes]) -> Spooled | None:
        """None where it is not open, or cannot hold them: then they stay in memory."""
        if self._file is None:
            return None
        if self._room > 0:
            self._room -= sum(map(len, files.values()))
            return None
        fd, data = self._file.fileno(), marshal.dumps(dict(files))
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX)
            try:
                offset = os.fstat(fd).st_size
                os.ftruncate(fd, offset + len(data))
            finally:
                fcntl.lockf(fd, fcntl.LOCK_UN)
            written = 0
            while written < len(data):
                written += os.pwrite(fd, data[written:], offset + written)
        except OSError:
            return None
        return Spooled(fd, offset, len(data))
