"""The new tree: decided from the old one without touching that, then built whole beside it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.output.errors import OutputError
from mlspec.output.folder import holds, parents, top, walk
from mlspec.output.provenance import FILE_NAME
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mlspec.output.folder import EntryKind
    from mlspec.output.provenance import Reading

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755

# File systems without hard links (FAT, some network and shared folders), other devices below the
# tree, and too many links to one file: the file is copied instead.
_NO_LINK = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


class Layout(Record):
    """What a new tree is made of, and how it differs from the old. All paths are relative."""

    new: dict[str, bytes]
    """Files that the old tree has not, or has otherwise."""
    kept: dict[str, EntryKind]
    """What is taken over from the old tree: foreign files, those of other scopes, equal ones."""
    folders: frozenset[str]
    """The folders in which mlspec has files; every other folder is foreign."""
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


def plan_layout(
    root: Path, files: Mapping[str, bytes], old: Reading, scopes: Collection[str] | None
) -> Layout:
    """Decide the new tree; `files` is all of ours in the scope. Reads the old one, writes nothing.

    OutputError: a file that mlspec did not write is in the way of one that it would write.
    """
    found = walk(root)
    inventory = {*old.provenance.files, *([FILE_NAME] if old.state == "present" else [])}
    # A link, a pipe or a folder at a path of ours is not what mlspec wrote there.
    ours = {path for path, kind in found.items() if kind == "file" and path in inventory}
    equal = {p for p in files if found.get(p) == "file" and holds(root / p, files[p])}
    removed = {p for p in ours if p not in files and (scopes is None or top(p) in scopes)}
    kept = {
        p: k for p, k in found.items() if p not in removed and (p not in ours or p not in files)
    }
    in_the_way = _find_in_the_way(files.keys() - equal, kept)
    if in_the_way:
        raise _refusal(root, in_the_way, old)
    kept.update((path, "file") for path in equal)
    ours_after = {*files, *(path for path in ours if path in kept)}
    return Layout(
        new={path: data for path, data in files.items() if path not in equal},
        kept=dict(sorted(kept.items())),
        folders=frozenset(folder for path in ours_after for folder in parents(path)),
        removed=tuple(sorted(removed)),
        unchanged=tuple(sorted(equal)),
    )


def _find_in_the_way(paths: Iterable[str], foreign: Mapping[str, EntryKind]) -> list[str]:
    """What stands where a file is to be written, or a folder for it."""
    inside = {folder: path for path in foreign for folder in parents(path)}
    found: set[str] = set()
    for path in paths:
        if path in foreign or path in inside:
            found.add(path if path in foreign else inside[path])
        # An empty folder is in the way of a file, but not of files within it.
        found.update(p for p in parents(path) if foreign.get(p, "empty folder") != "empty folder")
    return sorted(found)


def _refusal(root: Path, in_the_way: list[str], old: Reading) -> OutputError:
    shown = ", ".join(in_the_way[:5]) + (", …" if len(in_the_way) > 5 else "")
    if old.state == "present":
        return OutputError(
            root,
            f"mlspec did not write {shown} and will not overwrite it",
            "move it elsewhere, or delete it, and render again",
        )
    state = f"damaged ({old.reason})" if old.state == "corrupt" else "missing"
    return OutputError(
        root,
        f"{FILE_NAME} is {state}, so mlspec cannot tell whether it wrote {shown}",
        f"bring {FILE_NAME} back from Git, or delete the folder, and render again",
    )


def stage(root: Path, staging: Path, layout: Layout) -> None:
    """Build the new tree at `staging`, which must not exist, and bring it to the disk."""
    folders = _folders(layout)
    for folder in folders:
        (staging / folder).mkdir()
        (staging / folder).chmod(_FOLDER_MODE)  # whatever the umask
    for path, kind in layout.kept.items():
        if kind != "empty folder":
            _take_over(root / path, staging / path, kind)
    for path, data in layout.new.items():
        _write_file(staging / path, data)
    for path in layout.new:
        _sync(staging / path)
    for folder in reversed(folders):  # the deepest first, before a foreign mode locks us out
        _sync(staging / folder)
        _settle_folder(root / folder, staging / folder, is_ours=folder in {"", *layout.folders})


def _folders(layout: Layout) -> list[str]:
    """Every folder of the new tree, "" for the tree itself, each before what it holds."""
    folders = {""}
    for path in (*layout.kept, *layout.new):
        folders.update(parents(path))
        if layout.kept.get(path) == "empty folder":
            folders.add(path)
    return sorted(folders)


def _take_over(source: Path, target: Path, kind: EntryKind) -> None:
    """Link a file of the old tree into the new one: the same file, with its times and its mode."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as err:
        if err.errno not in _NO_LINK or kind == "other":
            raise
        import shutil

        shutil.copy2(source, target, follow_symlinks=False)


def _write_file(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        os.fchmod(file.fileno(), _FILE_MODE)  # whatever the umask
        file.write(data)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _settle_folder(source: Path, target: Path, *, is_ours: bool) -> None:
    """Give a folder its mode; a foreign one keeps the mode and the times that it had."""
    if is_ours:
        return
    status = source.stat()
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    target.chmod(status.st_mode & 0o7777)
