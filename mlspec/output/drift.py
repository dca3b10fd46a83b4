"""How a tree differs from what it should hold: what `mlspec verify` tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.output.edits import are_mixed, find_edits
from mlspec.output.folder import holds, top, walk
from mlspec.output.provenance import FILE_NAME, digest, is_synced, read
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mlspec.output.edits import Edit
    from mlspec.output.provenance import Reading


class Drift(Record):
    """The differences; each a sorted tuple of relative paths, and no path in two of them."""

    stale: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    edited: tuple[Edit, ...]
    """Files of ours that are not as mlspec wrote them, nor as they should be."""
    is_mixed: bool
    """Whether they rather stem from a merge of two renders: see `are_mixed`."""
    provenance: Reading
    """The inventory that told which files are ours."""
    is_inventory_stale: bool
    """Whether the inventory alone is not as it should be."""

    def __bool__(self) -> bool:
        return bool(
            self.stale or self.missing or self.unexpected or self.edited or self.is_inventory_stale
        )


def compare(
    root: Path,
    expected: Mapping[str, bytes],
    *,
    environments: Collection[str] | None = None,
) -> Drift:
    """How the tree at `root` differs from the files that it should hold.

    `environments` are the folders that Argo CD syncs from (None: every top-level folder that
    `expected` or the inventory knows): what it would read there and nobody expects is `unexpected`,
    and so is what mlspec once wrote. OSError: a file cannot be read.
    """
    old = read(root)
    inventory = old.provenance.files
    known = {top(path) for path in (*expected, *inventory) if "/" in path}
    synced = known if environments is None else environments
    found = {path: kind for path, kind in walk(root).items() if kind != "empty folder"}
    present = [path for path in expected if path in found]
    stale = {p for p in present if found[p] != "file" or not holds(f"{root}/{p}", expected[p])}
    unexpected = {
        path
        for path in found.keys() - expected.keys() - {FILE_NAME}
        if path in inventory or is_synced(path, synced)
    }
    missing = tuple(sorted(expected.keys() - found.keys()))
    edited = find_edits(root, (stale | unexpected) & inventory.keys(), inventory, expected)
    paths = {edit.path for edit in edited}
    current = {path: expected[path] for path in present if path not in stale}
    is_as_expected = not (stale or unexpected or missing)
    return Drift(
        stale=tuple(sorted(stale - paths)),
        missing=missing,
        unexpected=tuple(sorted(unexpected - paths)),
        edited=edited,
        is_mixed=are_mixed(edited, inventory, current),
        provenance=old,
        is_inventory_stale=is_as_expected
        and (old.state == "corrupt" or inventory != _digests(expected)),
    )


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: digest(data) for path, data in files.items()}
