"""Writing one project's tree, `generated/<project>`, whole or not at all.

Killed at any moment, the tree is the old one or the new one. Files that mlspec did not write are
never deleted or altered; stale ones that it wrote are removed. A tree that is as it should be is
not touched. How: the new tree is built in a hidden folder beside the old one (equal and foreign
files as hard links) and put in its place in one step, under a lock on the parent folder.

A process that stands in the tree (a shell, a watcher) is left in the old, deleted folder.
For .gitignore, should a run be killed or the lock need a file: `.*.mlspec-*/` and `.mlspec.lock`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import mlspec
from mlspec.output import provenance
from mlspec.output.errors import OutputError
from mlspec.output.folder import is_relative_path, parents, top
from mlspec.output.staging import plan_layout, stage
from mlspec.output.swap import Places, heal, locked, put_in_place, remove
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mlspec.output.staging import Layout

__all__ = ["Changes", "OutputError", "write_tree"]


class Changes(Record):
    """What a write did to a tree: relative paths, sorted; provenance.json is among them."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.written or self.removed)


def write_tree(
    root: Path,
    files: Mapping[str, bytes],
    *,
    inputs: Mapping[str, str] | None = None,
    scopes: Collection[str] | None = None,
) -> Changes:
    """Make `root` hold just `files` of ours, beside provenance.json and what is foreign.

    `files`: POSIX path below `root` → content. `inputs`: name of an input → its digest, for
    provenance.json. `scopes`: the top-level folders that `files` is all of; those of ours elsewhere
    stay as they are (None: `files` is all there is).
    OutputError: nothing was written, and the tree is as it was. ValueError: a file out of scope.
    """
    _check_paths(root, files, scopes)
    origin = provenance.Origin(mlspec=mlspec.__version__, inputs=dict(inputs or {}))
    made = provenance.build(origin, files)
    try:
        _check_root(root)
        if (changes := _find_unchanged(root, files, made, scopes)) is not None:
            return changes  # and so falsy: nothing has changed
        _make_folder(root.parent)
        with locked(root.parent):
            _check_root(root)
            heal(root)
            layout = _plan(root, files, made, scopes)
            if layout.new or layout.removed:
                _replace(root, layout)
            return _changes(layout)
    except OSError as err:
        raise OutputError.from_os_error(root, err) from err


def _plan(
    root: Path,
    files: Mapping[str, bytes],
    made: provenance.Provenance,
    scopes: Collection[str] | None,
) -> Layout:
    old = provenance.read(root)
    if scopes is not None:
        made = made.with_others_of(old.provenance, scopes)
    # provenance.json comes last: a tree without it is not finished.
    return plan_layout(root, {**files, provenance.FILE_NAME: made.to_bytes()}, old, scopes)


def _find_unchanged(
    root: Path,
    files: Mapping[str, bytes],
    made: provenance.Provenance,
    scopes: Collection[str] | None,
) -> Changes | None:
    """The answer for a tree that is as it should be, found without the lock and without a write.

    Every write gives the tree another inode. So where the inode is the same after as before, no
    other process of ours has written in between.
    """
    if not root.is_dir() or not Places(root).are_clean():
        return None
    before = root.stat().st_ino
    try:
        layout = _plan(root, files, made, scopes)
    except (OSError, OutputError):
        return None  # looked at again, and reported, under the lock
    is_same = not layout.new and not layout.removed and Places(root).are_clean()
    return _changes(layout) if is_same and root.stat().st_ino == before else None


def _changes(layout: Layout) -> Changes:
    return Changes(
        written=tuple(sorted(layout.new)), removed=layout.removed, unchanged=layout.unchanged
    )


def _replace(root: Path, layout: Layout) -> None:
    places = Places(root)
    try:
        stage(root, places.new, layout)
        put_in_place(root)
    except BaseException:  # an interrupt from the keyboard too leaves nothing behind
        with suppress(OSError):
            remove(places.new)
        raise


def _check_root(root: Path) -> None:
    if root.name in ("", ".."):
        raise OutputError(root, "it is not the name of a folder")
    if root.is_symlink():
        raise OutputError(root, "it is a symbolic link", "remove the link, or name its target")
    if root.exists() and not root.is_dir():
        raise OutputError(root, "it is a file, not a folder", "move it elsewhere, or delete it")


def _check_paths(root: Path, files: Mapping[str, bytes], scopes: Collection[str] | None) -> None:
    folders = {folder for path in files for folder in parents(path)}
    for path in files:
        if not is_relative_path(path) or path == provenance.FILE_NAME:
            raise OutputError(root, f"{path!r} is not a path for a generated file")
        if path in folders:
            raise OutputError(root, f"{path} would be a file and a folder at once")
        if scopes is not None and top(path) not in scopes:
            raise ValueError(f"{path} is outside of the scopes {sorted(scopes)}")


def _make_folder(folder: Path) -> None:
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)  # whatever the umask
