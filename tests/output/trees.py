"""Reading trees in tests, and running a piece of code in a process that may be killed."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
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


def make_socket(path: Path) -> None:
    """Leave a socket in the file system that nobody listens to."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/socket")  # the path of a socket has little room
        os.rename(f"{folder}/socket", path)  # noqa: PTH104  # not a Path yet


def in_child(work: Callable[[], object], *, quiet: bool = False) -> int:
    """Start `work` in a forked process, and give its id. It exits with 0; after an error with 1.

    `quiet`: an error is an answer, and not printed.
    """
    with warnings.catch_warnings():
        # A test runner with threads of its own; the child uses none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        if not quiet:
            traceback.print_exc()
    finally:  # not even an error that cannot be printed may let a second test run out of here
        os._exit(code)


def wait(child: int) -> int:
    """The exit code of a child; negative: the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


_WATCHED = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod"}
_WATCHED_MODULES = ("ctypes.", "fcntl.", "os.utime", "os.scandir")


def die_at_event(number: int, after: str = "") -> None:
    """Kill this process just before its n-th system call of the kind that Python audits.

    They are counted from the first one of the name `after` on.
    """
    left, has_begun = number, not after

    def watch(event: str, _arguments: object) -> None:
        nonlocal left, has_begun
        has_begun = has_begun or event == after
        if has_begun and (event in _WATCHED or event.startswith(_WATCHED_MODULES)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
