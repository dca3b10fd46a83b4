"""OutputError: a tree cannot be written. Only the CLI catches it.

It shows EditedFiles as MLS607, one diagnostic a file, and every other as MLS604.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mlspec.output.edits import Edit

_PLAIN_WORDS = {
    errno.EACCES: "permission denied",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file would be larger than this process may write",
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


class EditedFiles(OutputError):
    """Files of ours would be overwritten or removed that are not as mlspec wrote them.

    `is_mixed`: the tree was rather put together from several renders, by a merge: `are_mixed`.
    """

    def __init__(self, root: Path, edits: tuple[Edit, ...], *, is_mixed: bool) -> None:
        shown = ", ".join(edit.path for edit in edits[:5]) + (", …" if len(edits) > 5 else "")
        super().__init__(root, f"{shown} would be overwritten, and was edited by hand")
        self.edits = edits
        self.is_mixed = is_mixed
