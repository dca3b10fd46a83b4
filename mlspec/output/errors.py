"""OutputError: a tree cannot be written. The CLI shows it as MLS604; nothing else catches it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN_WORDS = {
    errno.EACCES: "permission denied",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENAMETOOLONG: "a file name is too long for the file system",
    errno.ENOSPC: "no space is left on the device",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
}


class OutputError(Exception):
    """A tree was not written, and is as it was before.

    `root` is the tree, `reason` says what is wrong without a full stop, `help` what to do about it.
    """

    def __init__(self, root: Path, reason: str, help: str = "") -> None:
        super().__init__(f"cannot write {root}: {reason}" + (f"; {help}" if help else ""))
        self.root = root
        self.reason = reason
        self.help = help

    @classmethod
    def from_os_error(cls, root: Path, err: OSError) -> OutputError:
        """The plain words for what the operating system refused, with the file if it names one."""
        words = _PLAIN_WORDS.get(err.errno or 0) or (err.strerror or str(err)).lower()
        return cls(root, f"{words} ({err.filename})" if err.filename else words)
