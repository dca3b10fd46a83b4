"""Trees that were found to be as they should be: remembered by what the file system says of them.

As Git does with its index: a file that has the inode, size and times that it had is the file that
was read. Like Git's, this trusts no tree that changed a moment ago, as a second change in the same
tick of the file system's clock would leave the same times.
"""

from __future__ import annotations

import os
import stat
import time
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlspec.cache.store import Store

_KIND = "trees"
_TICK = 2_000_000_000
"""Nanoseconds: what the coarsest file systems (FAT) count in."""


def stamp_of(root: Path, now: int | None = None) -> str | None:
    """A digest of the names, inodes, sizes, modes and times below `root`; None where it would prove
    nothing: something changed a moment ago (before `now`, nanoseconds), or cannot be looked at."""
    found: list[tuple[str | int, ...]] = []
    try:
        newest = _look(os.fspath(root), found)
    except OSError:
        return None
    if newest > (time.time_ns() if now is None else now) - _TICK:
        return None
    return sha256(repr(found).encode()).hexdigest()


def _look(folder: str, found: list[tuple[str | int, ...]]) -> int:
    """Adds a line for each thing in a folder; returns the latest time of change."""
    status = os.lstat(folder)
    newest = status.st_ctime_ns
    found.append((folder, status.st_ino, status.st_mode, newest))
    with os.scandir(folder) as entries:
        here = sorted(entries, key=_name_of)
    for entry in here:
        if entry.is_dir(follow_symlinks=False):
            newest = max(newest, _look(entry.path, found))
            continue
        status = entry.stat(follow_symlinks=False)
        mode, changed = status.st_mode, status.st_ctime_ns
        if not stat.S_ISREG(mode):
            raise OSError(f"{entry.path} is not a regular file")
        inode, size = status.st_ino, status.st_size
        found.append((entry.name, inode, size, mode, status.st_mtime_ns, changed))
        newest = max(newest, changed)
    return newest


_name_of = attrgetter("name")


def is_seen(store: Store, root: Path, proof: str, stamp: str | None) -> bool:
    """Whether the tree was found to be what `proof` says, and is untouched since, by its stamp."""
    return stamp is not None and store.get(_KIND, _key(root)) == {"proof": proof, "stamp": stamp}


def remember(store: Store, root: Path, proof: str, stamp: str | None) -> None:
    """`stamp`: taken before the tree was read."""
    if stamp is not None:
        store.put(_KIND, _key(root), {"proof": proof, "stamp": stamp})


def _key(root: Path) -> str:
    return sha256(os.fsencode(os.path.realpath(root))).hexdigest()
