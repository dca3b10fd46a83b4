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

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mlspec.output import provenance
from mlspec.output.errors import EditedFiles, OutputError
from mlspec.output.folder import folders_of, is_relative_path, top
from mlspec.output.staging import check_untouched, plan_layout, stage
from mlspec.output.swap import (
    Places,
    heal,
    locked,
    put_in_place,
    remove,
    sync_file_system,
    sync_folder,
)
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from mlspec.output.provenance import Reading
    from mlspec.output.staging import Layout

__all__ = [
    "Changes",
    "EditedFiles",
    "Order",
    "OutputError",
    "alone_in",
    "carry_out",
    "check_root",
    "write_tree",
    "write_trees",
]


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


class Order(Record):
    """What a tree is to become: see `write_tree`."""

    root: Path
    files: Mapping[str, bytes]
    inputs: Mapping[str, str] = {}  # Record: an immutable field's default
    scopes: Collection[str] | None = None
    force: bool = False
    inventory: bytes | None = None
    """provenance.json of `files`, where that was made already; only without `scopes`."""


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
    return carry_out(Order(root=root, files=files, inputs=inputs or {}, scopes=scopes, force=force))


def carry_out(order: Order) -> Changes:
    """`write_tree`, as an order."""
    root = order.root
    _check_paths(root, order.files, order.scopes)
    try:
        check_root(root)
        if (changes := _find_unchanged(order)) is not None:
            return changes  # and so falsy: nothing has changed
        with alone_in(root.parent):
            staged = _stage(order)
            if staged.changes:
                _settle(root, staged.layout)
                sync_folder(root.parent)
            return staged.changes
    except OSError as err:
        raise OutputError.from_os_error(root, err) from err


def write_trees(parent: Path, orders: Sequence[Order]) -> list[Changes | OutputError]:
    """`write_tree` of many trees in the folder `parent`, each for itself, but the disk is waited
    for twice in all. Only within `alone_in(parent)`. OSError: none was changed."""
    found: dict[int, Changes | OutputError] = {}
    staged: dict[int, _Staged] = {}
    try:
        for number, order in enumerate(orders):
            try:
                _check_paths(order.root, order.files, order.scopes)
                staged[number] = _stage(order, sync=False)
                found[number] = staged[number].changes
            except (OSError, OutputError) as err:
                found[number] = _as_output_error(order.root, err)
        sync_file_system(parent)
        for number in list(staged):
            each, root = staged.pop(number), orders[number].root
            try:
                if each.changes:
                    _settle(root, each.layout)
            except (OSError, OutputError) as err:
                found[number] = _as_output_error(root, err)
        sync_folder(parent)
    except BaseException:  # an interrupt from the keyboard too leaves nothing behind
        for number in staged:
            _discard(orders[number].root)
        raise
    return [found[number] for number in range(len(orders))]


@contextmanager
def alone_in(parent: Path) -> Iterator[None]:
    """Makes the folder of trees if need be, and holds it against every other mlspec."""
    _make_folder(parent)
    with locked(parent):
        yield


def _as_output_error(root: Path, err: OSError | OutputError) -> OutputError:
    return err if isinstance(err, OutputError) else OutputError.from_os_error(root, err)


class _Staged(Record):
    changes: Changes
    layout: Layout


def _stage(order: Order, *, sync: bool = True) -> _Staged:
    """Decides the new tree, and builds it beside the old one unless they are the same."""
    root = order.root
    check_root(root)
    heal(root)
    layout, old = _plan(order)
    if layout.new or layout.removed:
        try:
            stage(root, Places(root).new, layout, sync=sync)
        except BaseException:
            _discard(root)
            raise
    return _Staged(changes=_changes(layout, old), layout=layout)


def _settle(root: Path, layout: Layout) -> None:
    try:
        check_untouched(root, layout)
        put_in_place(root)
    except BaseException:
        _discard(root)
        raise


def _discard(root: Path) -> None:
    with suppress(OSError):
        remove(Places(root).new)


def _plan(order: Order) -> tuple[Layout, Reading]:
    old = provenance.read(order.root)
    # provenance.json comes last: a tree without it is not finished.
    files = {**order.files, provenance.FILE_NAME: order.inventory or _inventory(order, old)}
    return plan_layout(order.root, files, old, order.scopes, force=order.force), old


def _inventory(order: Order, old: Reading) -> bytes:
    made = provenance.rendered(order.inputs, order.files)
    if order.scopes is not None:
        made = made.with_others_of(old.provenance, order.scopes)
    return made.to_bytes()


def _find_unchanged(order: Order) -> Changes | None:
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


def check_root(root: Path) -> None:
    """OutputError: what stands at `root` cannot be a tree."""
    if root.name in ("", ".."):
        raise OutputError(root, "it is not the name of a folder")
    try:
        mode = os.lstat(root).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISLNK(mode):
        raise OutputError(root, "it is a symbolic link", "remove the link, or name its target")
    if not stat.S_ISDIR(mode):
        raise OutputError(root, "it is a file, not a folder", "move it elsewhere, or delete it")


def _check_paths(root: Path, files: Mapping[str, bytes], scopes: Collection[str] | None) -> None:
    folders = folders_of(files)
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
