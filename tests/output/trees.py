"""Reading trees in tests, and running a piece of code in a process that may be killed."""

from __future__ import annotations

import os
import traceback
import warnings
from typing import TYPE_CHECKING

from mlspec.output.provenance import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file and link below `root` but provenance.json: relative path → content or target."""
    return {
        path.relative_to(root).as_posix(): (
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in root.rglob("*")
        if (path.is_symlink() or path.is_file()) and path != root / FILE_NAME
    }


def fingerprint(root: Path) -> dict[str, tuple[int, int, int]]:
    """Inode, mode and time of everything at and below `root`: equal when nothing was touched."""
    paths = [root, *root.rglob("*")]
    stats = {str(path): path.lstat() for path in paths}
    return {path: (s.st_ino, s.st_mode, s.st_mtime_ns) for path, s in stats.items()}


def hidden(folder: Path) -> list[str]:
    """What a run has left behind beside the trees."""
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def in_child(work: Callable[[], object]) -> int:
    """Start `work` in a forked process, and give its id. It exits with 0; after an error with 1."""
    with warnings.catch_warnings():
        # A test runner with threads of its own; the child uses none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def wait(child: int) -> int:
    """The exit code of a child; negative: the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
