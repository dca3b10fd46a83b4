"""Putting a finished tree in the place of the old one, and healing what a killed run left behind.

Beside a tree `churn/` three hidden names are in use, each only while a run lasts:

- `.churn.mlspec-new`: a new tree that is being built. Found later: incomplete, to be deleted.
- `.churn.mlspec-swap`: the finished tree before the swap, and the old one after it.
- `.churn.mlspec-old`: the old tree, where the file system cannot exchange two folders in one step.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.output.folder import walk
from mlspec.output.provenance import FILE_NAME, read

if TYPE_CHECKING:
    from collections.abc import Iterator

# linux/fs.h, fcntl.h. renameat2(2): Linux 3.15; in glibc from 2.28.
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
_CANNOT_EXCHANGE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}

# What flock(2) of a folder gives on network file systems that lock only files open for writing.
_CANNOT_LOCK_FOLDER = {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP}
_LOCK_FILE = ".mlspec.lock"


class Places:
    """The hidden siblings of a tree."""

    def __init__(self, root: Path) -> None:
        folder, name = os.path.split(root)
        self._beside = os.path.join(folder, f".{name}.mlspec-")

    @property
    def new(self) -> Path:
        return Path(self._beside + "new")

    @property
    def swap(self) -> Path:
        return Path(self._beside + "swap")

    @property
    def old(self) -> Path:
        return Path(self._beside + "old")

    def are_clean(self) -> bool:
        """Whether no killed run has left anything. Asked of every tree, of which few have."""
        return not any(os.path.lexists(self._beside + each) for each in ("new", "swap", "old"))


@contextmanager
def locked(parent: Path) -> Iterator[None]:
    """Hold the folder `parent` alone; waits for whoever holds it. The kernel frees it at exit.

    The lock is on the folder itself and leaves no file, except where the file system cannot do
    that: there it is on `.mlspec.lock` in it.
    """
    import fcntl

    fd = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
        except OSError as err:
            if err.errno not in _CANNOT_LOCK_FOLDER:
                raise
            os.close(fd)
            fd = os.open(parent / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def heal(root: Path) -> None:
    """Undo or finish what a killed run left. Only under the lock."""
    places = Places(root)
    if places.are_clean():
        return
    if os.path.lexists(places.old) and not os.path.lexists(root):
        places.old.rename(root)
    remove(places.new)
    for place in (places.swap, places.old):
        rescue(place, root)
        remove(place)


def put_in_place(root: Path) -> None:
    """Make the finished tree at `Places(root).new` the tree at `root`; the old one is removed. It
    is for sure on the disk once `sync_folder(root.parent)` has returned.

    OSError: nothing was changed at `root`. Once the new tree is in place nothing is raised any
    more: what cannot be removed is left to the next run.
    """
    places = Places(root)
    if not os.path.lexists(root):
        places.new.rename(root)
        return
    places.new.rename(places.swap)
    try:
        old = places.swap if _exchange(places.swap, root) else _move(places, root)
    except OSError:
        places.swap.rename(places.new)
        raise
    with suppress(OSError):
        rescue(old, root)
        remove(old)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where this system cannot."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    if libc.renameat2(*paths, _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), os.fspath(other))


def _move(places: Places, root: Path) -> Path:
    """Exchange by two renames. Killed between them, there is no tree until the next run heals."""
    root.rename(places.old)
    try:
        places.swap.rename(root)
    except OSError:
        places.old.rename(root)
        raise
    return places.old


def rescue(leftover: Path, root: Path) -> None:
    """Bring to `root` the foreign files that only a tree out of use has.

    They are linked into a new tree while it is built; one that someone adds or replaces between
    that and the swap would go with the old tree.
    """
    if leftover.is_symlink() or not leftover.is_dir():
        return
    # What was overwritten by force may be in the inventory of the new tree alone.
    ours = {FILE_NAME, *read(leftover).provenance.files, *read(root).provenance.files}
    for path, kind in walk(leftover).items():
        if kind != "empty folder" and path not in ours and _is_newer(leftover / path, root / path):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (leftover / path).replace(root / path)


def _is_newer(one: Path, other: Path) -> bool:
    try:
        there = other.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    here = one.lstat()
    return here.st_ino != there.st_ino and here.st_mtime_ns > there.st_mtime_ns


def remove(path: Path) -> None:
    """Delete a tree out of use, without following links; nothing happens where there is none."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    if path.stat().st_mode & 0o700 != 0o700:
        path.chmod(0o700)  # a foreign folder may be closed even to its owner
    with os.scandir(path) as found:
        entries = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in found]
    for name, is_folder in entries:
        if is_folder:
            remove(Path(name))
        else:
            Path(name).unlink()
    path.rmdir()


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    with suppress(OSError):  # the swap has happened; some file systems cannot sync a folder
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def sync_file_system(folder: Path) -> None:
    """Bring all that was written to the file system of a folder to the disk: for thousands of files
    a hundred times as fast as one after the other. OSError: something could not be."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):  # Linux has it; macOS and the BSDs do not
        os.sync()
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        if libc.syncfs(fd) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), os.fspath(folder))
    finally:
        os.close(fd)
