"""Whether a tree is just what was rendered, told from the digest of its inventory alone.

provenance.json has the digest of each file, so its own digest stands for all of the tree: whoever
knows what that must be can check a tree without rendering it again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from mlspec.output.folder import walk
from mlspec.output.provenance import FILE_NAME, digest, is_synced, read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_MAX_BYTES = 16 * 1024 * 1024


def is_proven(root: Path, proof: str, synced: Collection[str]) -> bool:
    """Whether the tree at `root` holds all files of the inventory whose digest is `proof`, as they
    were written, and nothing else that Argo CD would take from the folders `synced`. Reads every
    file. False also where anything cannot be read: whoever has to tell why looks again."""
    if root.is_symlink():
        return False
    try:
        data = read_bytes(root / FILE_NAME)
        if digest(data) != proof:
            return False
        found = walk(root)
        del found[FILE_NAME]
        place = os.fspath(root)
        for path, recorded in json.loads(data)["files"].items():
            if found.pop(path, "") != "file" or _digest_of(f"{place}/{path}") != recorded:
                return False
    except (OSError, ValueError, KeyError):
        return False
    return not any(
        is_synced(path, synced) for path, kind in found.items() if kind != "empty folder"
    )


def _digest_of(file: str) -> str:
    """The digest of a file, or an empty one where it is larger than any of ours."""
    with open(file, "rb") as stream:
        data = stream.read(_MAX_BYTES + 1)
    return digest(data) if len(data) <= _MAX_BYTES else ""
