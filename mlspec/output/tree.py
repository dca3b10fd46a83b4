"""Writing one project's tree, `generated/<project>`, whole or not at all.

Killed at any moment, the tree is the old one or the new one. Files that mlspec did not write are
never deleted or altered, nor are those of its own that someone has edited, unless it is told to;
stale ones that it wrote are removed. A tree that is as it should be is not touched. How: the new
tree is built in a hidden folder beside the old one (equal and foreign files as hard links) and put
in its place in one step, under a lock on the parent folder.

A process that stands in the tree (a shell, a watcher) is left in the old, deleted folder.
For .gitignore, should a run be killed or the lock need a file: `.*.mlspec-*/` and `.mlspec.lock`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import mlspec
from mlspec.output import provenance
from mlspec.output.errors import EditedFiles, OutputError
from mlspec.output.folder import is_relative_path, parents, top
from mlspec.output.staging import check_untouched, plan_layout, stage
from mlspec.output.swap import Places, heal, locked, put_in_place, remove
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mlspec.output.provenance import Reading
    from mlspec.output.staging import Layout

__all__ = ["Changes", "EditedFiles", "OutputError", "write_tree"]


class Changes(Record):
    """What a write did to a tree: relative paths, sorted; provenance.json is among them."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    """What is kept in the tree though mlspec did not write it, as far as it knows."""
    is_sure: bool = True
    """Whether an inventory told what is foreign. Without one, stale files of ours are among it."""

    def __bool__(self) -> bool:
        return bool(self.written or self.removed)


class _Order(Record):
    """What a tree is to become."""

    root: Path
    files: Mapping[str, bytes]
    made: provenance.Provenance
    scopes: Collection[str] | None
    force: bool


def write_tree(
    root: Path,
    files: Mapping[str, bytes],
    *,
    inputs: Mapping[str, str] | None = None,
    scopes: Collection[str] | None = None,
    force: bool = False,
) -> Changes:
    """Make `root` hold just `files` of ours, beside provenance.json and what is foreign.

    `files`: POSIX path below `root` → content. `inputs`: name of an input → its digest, for
    provenance.json. `scopes`: the top-level folders that `files` is all of; those of ours elsewhere
    stay as they are (None: `files` is all there is). `force`: overwrite what stands at the paths of
    `files`, and remove stale files of ours, though someone edited or made them.
    OutputError: nothing was written, and the tree is as it was; EditedFiles, one of its kind: only
    with `force`. ValueError: a file out of scope.
    """
    _check_paths(root, files, scopes)
    origin = provenance.Origin(mlspec=mlspec.__version__, inputs=dict(inputs or {}))
    made = provenance.build(origin, files)
    order = _Order(root=root, files=files, made=made, scopes=scopes, force=force)
    try:
        check_root(root)
        if (changes := _find_unchanged(order)) is not None:
            return changes  # and so falsy: nothing has changed
        _make_folder(root.parent)
        with locked(root.parent):
            check_root(root)
            heal(root)
            layout, old = _plan(order)
            if layout.new or layout.removed:
                _replace(root, layout)
            return _changes(layout, old)
    except OSError as err:
        raise OutputError.from_os_error(root, err) from err


def _plan(order: _Order) -> tuple[Layout, Reading]:
    old = provenance.read(order.root)
    made = order.made
    if order.scopes is not None:
        made = made.with_others_of(old.provenance, order.scopes)
    # provenance.json comes last: a tree without it is not finished.
    files = {**order.files, provenance.FILE_NAME: made.to_bytes()}
    return plan_layout(order.root, files, old, order.scopes, force=order.force), old


def _find_unchanged(order: _Order) -> Changes | None:
    """The answer for a tree that is as it should be, found without the lock and without a write.

    Every write gives the tree another inode. So where the inode is the same after as before, no
    other process of ours has written in between.
    """
    root = order.root
    if not root.is_dir() or not Places(root).are_clean():
        return None
    before = root.stat().st_ino
    try:
        layout, old = _plan(order)
    except (OSError, OutputError):
        return None  # looked at again, and reported, under the lock
    is_same = not layout.new and not layout.removed and Places(root).are_clean()
    return _changes(layout, old) if is_same and root.stat().st_ino == before else None


def _changes(layout: Layout, old: Reading) -> Changes:
    return Changes(
        written=tuple(sorted(layout.new)),
        removed=layout.removed,
        unchanged=layout.unchanged,
        foreign=layout.foreign,
        is_sure=old.state == "present",
    )


def _replace(root: Path, layout: Layout) -> None:
    places = Places(root)
    try:
        stage(root, places.new, layout)
        check_untouched(root, layout)
        put_in_place(root)
    except BaseException:  # an interrupt from the keyboard too leaves nothing behind
        with suppress(OSError):
            remove(places.new)
        raise


def check_root(root: Path) -> None:
    """OutputError: what stands at `root` cannot be a tree."""
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
