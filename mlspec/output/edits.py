"""Files of ours that someone has changed, found before they would be overwritten or removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlspec.output.provenance import digest, has_conflict
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Literal

_LARGEST_EXPLAINED = 2 * 1024 * 1024
"""What is larger is reported without a word on what was changed in it."""


class Edit(Record):
    """A file of the inventory that is not what mlspec wrote there."""

    path: str
    how: Literal["text", "line ends", "conflict", "replaced"]
    """Replaced: by a link, a pipe or the like. Conflict: it holds the marks of a Git merge."""
    is_stale: bool
    """Whether the spec no longer renders it, so that it would be removed."""
    line: int = 0
    """The first line that was changed, if that can be told, and the number of its characters."""
    width: int = 0


def find_edits(
    root: Path, paths: Iterable[str], recorded: Mapping[str, str], wanted: Mapping[str, bytes]
) -> tuple[Edit, ...]:
    """Which of `paths`, all there and in the inventory `recorded`, are not as mlspec wrote them.

    `wanted` is what the tree should hold now. OSError: a file cannot be read.
    """
    edits = (_edit(root / path, path, recorded[path], wanted.get(path)) for path in sorted(paths))
    return tuple(edit for edit in edits if edit is not None)


def are_mixed(
    edits: Iterable[Edit], recorded: Mapping[str, str], current: Mapping[str, bytes]
) -> bool:
    """Whether a tree with these edits was rather put together from several renders, by a merge.

    `current`: files that are as they should be. One that the inventory has otherwise gives it away:
    people who edit a file seldom make it what the spec renders to.
    """
    return any(edit.how == "conflict" for edit in edits) or any(
        recorded.get(path) != digest(data) for path, data in current.items()
    )


def _edit(file: Path, path: str, recorded: str, wanted: bytes | None) -> Edit | None:
    edit = Edit(path=path, how="text", is_stale=wanted is None)
    if file.is_symlink() or not file.is_file():
        return edit.replace(how="replaced")
    if _digest_of(file) == recorded:
        return None
    if file.stat().st_size > _LARGEST_EXPLAINED:
        return edit
    data = file.read_bytes()
    with_our_line_ends = data.replace(b"\r\n", b"\n")
    if with_our_line_ends == wanted or digest(with_our_line_ends) == recorded:
        return edit.replace(how="line ends")
    if has_conflict(data):
        return _at(edit.replace(how="conflict"), data, _line_of_conflict(data))
    if wanted is not None and digest(wanted) == recorded:  # else the spec has changed as well
        return _at(edit, data, _first_difference(data, wanted))
    return edit


def _digest_of(file: Path) -> str:
    """The digest of a file that may be of any size."""
    import hashlib

    with file.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _at(edit: Edit, data: bytes, line: int) -> Edit:
    try:
        text = data.split(b"\n")[line - 1].decode()
    except UnicodeDecodeError:
        return edit
    return edit.replace(line=line, width=len(text))


def _line_of_conflict(data: bytes) -> int:
    found = re.search(rb"^<<<<<<< ", data, re.MULTILINE)
    return data.count(b"\n", 0, found.start() if found else 0) + 1


def _first_difference(data: bytes, wanted: bytes) -> int:
    """The number of the first line that differs; the last one where lines were cut off."""
    here, there = data.split(b"\n"), wanted.split(b"\n")
    both = zip(here, there, strict=False)
    same = next((n for n, (one, other) in enumerate(both) if one != other), len(there))
    return min(same + 1, len(here))
