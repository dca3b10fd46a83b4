"""The new tree: decided from the old one without touching that, then built whole beside it."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from mlspec.output.edits import are_mixed, find_edits
from mlspec.output.errors import EditedFiles, OutputError
from mlspec.output.folder import folders_of, holds, parents, top, walk
from mlspec.output.provenance import CONFLICT, FILE_NAME
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from mlspec.output.folder import EntryKind
    from mlspec.output.provenance import Reading

    Stamp: TypeAlias = tuple[int, int, int] | None
    """Inode, size and time of change: another one where a file was edited. None: nothing there."""

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
    foreign: tuple[str, ...]
    """Of `kept`, what mlspec did not write as far as it knows."""
    stamps: dict[str, Stamp]
    """What stood, when it was looked at, at the paths that are `new` or `removed`."""


def plan_layout(
    root: Path,
    files: Mapping[str, bytes],
    old: Reading,
    scopes: Collection[str] | None,
    *,
    force: bool = False,
) -> Layout:
    """Decide the new tree; `files` is all of ours in the scope. Reads the old one, writes nothing.

    `force`: what stands at a path of ours is overwritten or removed, edited or not, whoever made
    it; folders are not. EditedFiles: someone has edited what would be overwritten or removed.
    OutputError: what mlspec did not write is in the way.
    """
    found = walk(root)
    entries = {path for path, kind in found.items() if kind != "empty folder"}
    ours = entries & old.provenance.files.keys()
    stale = {p for p in ours - files.keys() if scopes is None or top(p) in scopes}
    stamps = _stamps(root, {*files, *stale})
    equal = {p for p in files if found.get(p) == "file" and holds(f"{root}/{p}", files[p])}
    if not force:
        _refuse_edited(root, (ours & files.keys()) - equal | stale, equal, old, files)
    ours |= {FILE_NAME} & entries if old.state == "present" else set()
    replaced = files.keys() & (entries if force else ours)
    kept = {path: kind for path, kind in found.items() if path not in stale | replaced}
    if in_the_way := _find_in_the_way(files.keys() - equal, kept):
        can_force = not force and (entries & files.keys()).issuperset(in_the_way)
        raise _refusal(root, in_the_way, old, can_force=can_force)
    foreign = tuple(p for p in kept if p in entries and p not in ours and p not in equal)
    kept.update((path, "file") for path in equal)
    ours_after = {*files, *(ours & kept.keys())}
    return Layout(
        new={path: data for path, data in files.items() if path not in equal},
        kept=dict(sorted(kept.items())),
        folders=folders_of(ours_after),
        removed=tuple(sorted(stale)),
        unchanged=tuple(sorted(equal)),
        foreign=foreign,
        stamps={path: stamp for path, stamp in stamps.items() if path not in equal},
    )


def _stamps(root: Path, paths: Iterable[str]) -> dict[str, Stamp]:
    if not os.path.lexists(root):
        return dict.fromkeys(paths)
    return {path: _stamp(f"{root}/{path}") for path in paths}


def _stamp(file: str) -> Stamp:
    try:
        status = os.lstat(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def check_untouched(root: Path, layout: Layout) -> None:
    """OutputError: what would be overwritten or removed is not what was looked at any more.

    People and editors take no lock. They can be late for this check by microseconds only, and not
    by the time that it takes to write a tree to the disk.
    """
    now = _stamps(root, layout.stamps)
    if late := sorted(path for path, stamp in layout.stamps.items() if now[path] != stamp):
        raise OutputError(root, f"someone changed {late[0]} in the meantime", "render again")


def _refuse_edited(
    root: Path,
    paths: Collection[str],
    equal: Collection[str],
    old: Reading,
    files: Mapping[str, bytes],
) -> None:
    recorded = old.provenance.files
    if edits := find_edits(root, paths, recorded, files):
        current = {path: files[path] for path in equal if path != FILE_NAME}
        raise EditedFiles(root, edits, is_mixed=are_mixed(edits, recorded, current))


def _find_in_the_way(paths: Iterable[str], foreign: Mapping[str, EntryKind]) -> list[str]:
    """What stands where a file is to be written, or a folder for it."""
    if not foreign:
        return []
    inside = {folder: path for path in foreign for folder in parents(path)}
    found: set[str] = set()
    for path in paths:
        if path in foreign or path in inside:
            found.add(path if path in foreign else inside[path])
        # An empty folder is in the way of a file, but not of files within it.
        found.update(p for p in parents(path) if foreign.get(p, "empty folder") != "empty folder")
    return sorted(found)


def _refusal(root: Path, in_the_way: list[str], old: Reading, *, can_force: bool) -> OutputError:
    others = [path for path in in_the_way if path != FILE_NAME]
    shown = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
    if not can_force:
        return OutputError(
            root,
            f"mlspec did not write {shown or FILE_NAME} and will not overwrite it",
            "move it elsewhere, or delete it, and render again",
        )
    if old.state == "present":
        return OutputError(
            root,
            f"mlspec did not write {shown} and will not overwrite it",
            "move it elsewhere, or run `mlspec render --force` to overwrite it",
        )
    state = f"damaged ({old.reason})" if old.state == "corrupt" else "missing"
    what = f"whether it wrote {shown}" if shown else "which files it wrote"
    first = f"bring {FILE_NAME} back from Git, or see that the spec is right"
    if old.reason == CONFLICT:
        first = "solve the merge in the spec"
    return OutputError(
        root,
        f"{FILE_NAME} is {state}, so mlspec cannot tell {what}",
        f"{first}, then run `mlspec render --force`: it writes all generated files anew and keeps "
        "all others",
    )


def stage(root: Path, staging: Path, layout: Layout, *, sync: bool = True) -> None:
    """Build the new tree at `staging`, which must not exist, and bring it to the disk; or, without
    `sync`, leave that to the caller.

    Modes are as they should be whatever the umask. Where that, an access list or a group that
    folders hand down takes nothing from the outermost folder, and adds nothing, it does not from
    what is below: then no mode is set, which is one call of three for each file.
    """
    if os.path.lexists(root):
        _check_removable(root, layout)
    folders, built = _folders(layout), os.fspath(staging)
    is_masked = False
    for folder in folders:
        place = f"{built}/{folder}"
        os.mkdir(place, _FOLDER_MODE)
        if folder == "":
            is_masked = stat.S_IMODE(os.stat(place).st_mode) != _FOLDER_MODE
        if is_masked:
            os.chmod(place, _FOLDER_MODE)
    for path, kind in layout.kept.items():
        if kind != "empty folder":
            _take_over(root / path, staging / path, kind)
    for path, data in layout.new.items():
        _write_file(f"{built}/{path}", data, is_masked=is_masked)
    for path in layout.new if sync else ():
        _sync(f"{built}/{path}")
    for folder in reversed(folders):  # the deepest first, before a foreign mode locks us out
        if sync:
            _sync(f"{built}/{folder}")
        if folder and folder not in layout.folders:
            _settle_folder(root / folder, staging / folder)


def _check_removable(root: Path, layout: Layout) -> None:
    """OutputError: the old tree could not be removed, once the new one is in its place.

    That is so where another user owns a folder in it, such as root after a run in a container.
    """
    paths = (*layout.kept, *layout.stamps)
    for folder in sorted({"", *folders_of(paths)}):
        place = root / folder
        if not place.is_dir() or place.stat().st_uid == os.geteuid():
            continue
        if not os.access(place, os.W_OK | os.X_OK):
            help = f"make it yours: sudo chown -R $(id -u) {place}"
            raise OutputError(root, f"{place} belongs to another user", help)


def _folders(layout: Layout) -> list[str]:
    """Every folder of the new tree, "" for the tree itself, each before what it holds."""
    folders = {"", *layout.folders, *folders_of(layout.kept)}
    folders.update(path for path, kind in layout.kept.items() if kind == "empty folder")
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


def _write_file(path: str, data: bytes, *, is_masked: bool) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    try:
        if is_masked:
            os.fchmod(fd, _FILE_MODE)
        written = os.write(fd, data)
        while written < len(data):
            written += os.write(fd, data[written:])
    finally:
        os.close(fd)


def _sync(path: str) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _settle_folder(source: Path, target: Path) -> None:
    """A foreign folder keeps the mode and the times that it had."""
    status = source.stat()
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    target.chmod(status.st_mode & 0o7777)
