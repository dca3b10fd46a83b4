"""Reading a folder as it is: which entries it has, and what its files hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Literal, TypeAlias

    EntryKind: TypeAlias = Literal["file", "link", "other", "empty folder"]


def walk(root: Path) -> dict[str, EntryKind]:
    """What lies below `root`: POSIX path relative to it → kind, sorted; {} where `root` is missing.

    Folders appear only when they are empty. Symlinks are never followed. "other" is a socket, a
    pipe or a device.
    """
    entries: dict[str, EntryKind] = {}
    if root.is_dir():
        _walk(os.fspath(root), "", entries)
    return dict(sorted(entries.items()))


def _walk(folder: str, prefix: str, entries: dict[str, EntryKind]) -> None:
    with os.scandir(folder) as found:
        for entry in found:
            path = prefix + entry.name
            if entry.is_symlink():
                entries[path] = "link"
            elif entry.is_dir(follow_symlinks=False):
                before = len(entries)
                _walk(entry.path, f"{path}/", entries)
                if len(entries) == before:
                    entries[path] = "empty folder"
            else:
                entries[path] = "file" if entry.is_file(follow_symlinks=False) else "other"


def parents(path: str) -> list[str]:
    """The folders that a relative path lies in, outermost first: a/b/c → a, a/b."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """All folders that the relative paths lie in."""
    deepest = {path.rpartition("/")[0] for path in paths} - {""}
    return frozenset((*deepest, *(above for folder in deepest for above in parents(folder))))


def top(path: str) -> str:
    """The first part of a relative path: the environment's folder."""
    return path.partition("/")[0]


def is_relative_path(path: str) -> bool:
    """Whether `path` is a plain POSIX path that stays below the folder it is relative to."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in path and not any(part in ("", ".", "..") for part in path.split("/"))


def holds(file: str, data: bytes) -> bool:
    """Whether a regular file holds exactly `data`; reads it only where the size agrees."""
    if os.lstat(file).st_size != len(data):
        return False
    with open(file, "rb") as stream:
        return stream.read() == data
