"""What an answer depends on, as one digest: the texts that were read, and the code."""

from __future__ import annotations

import os
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import mlspec

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODE = ("mlspec", "renderers", "schemas")
"""The folders of a checkout; in a wheel the other two are inside of the first."""


def key_of(texts: Sequence[str | None]) -> str:
    """The digest of texts in their order, and of this code; None is a file that there is not."""
    found = sha256(code_stamp())
    for text in texts:
        data = b"" if text is None else text.encode("utf-8", "surrogatepass")
        found.update(b"-" if text is None else b"%d:" % len(data))
        found.update(data)
    return found.hexdigest()


@cache
def code_stamp() -> bytes:
    """Changes whenever mlspec, its renderers or schemas do, Python, or what is installed beside it.

    From sizes and times of change, as reading all files would cost more than it saves. Whoever
    gives a file its old size and time back gets old answers; a package manager does not.
    """
    package = Path(mlspec.__file__).parent
    is_checkout = (package.parent / "pyproject.toml").is_file()
    folders = [package.parent / name for name in _CODE] if is_checkout else [package]
    found = sha256(f"{mlspec.__version__} {sys.version}".encode())
    files: list[tuple[str, int, int]] = []
    for folder in folders:
        _look(os.fspath(folder), files)
    found.update(repr(sorted(files)).encode())
    for place in sys.path:  # installing a package changes the folder that it comes to
        if place.endswith(("site-packages", "dist-packages")) and os.path.isdir(place):
            found.update(f"{place} {os.stat(place).st_mtime_ns}\n".encode())
    return found.digest()


def _look(folder: str, files: list[tuple[str, int, int]]) -> None:
    """Adds the name, size and time of each file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    _look(entry.path, files)
            else:
                status = entry.stat()
                files.append((entry.path, status.st_size, status.st_mtime_ns))
