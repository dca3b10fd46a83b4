"""Files and folders of state: JSON that is there whole or not at all, folders that go away."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Any) -> None:
    """Replaces the file in one step: who reads meanwhile sees the old one or the new one. Survives
    the end of this process at any moment; the loss of power is another matter, and only costs a
    step that is run again."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(value), encoding="ascii")  # names may be no UTF-8
    beside.replace(path)


def read_json(path: Path) -> Any:
    """None where there is no such file, or where it holds something else."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def read_object(path: Path) -> dict[str, Any]:
    """The object in a file; empty where there is none."""
    found = read_json(path)
    return found if isinstance(found, dict) else {}


def remove(path: Path) -> None:
    """Whatever is there, if anything is, and whatever of it is read-only."""
    if path.is_dir() and not path.is_symlink():
        _open(path)
        for place, folders, _ in os.walk(path):
            for name in folders:
                _open(Path(place, name))
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _open(folder: Path) -> None:
    """Makes what is in a folder removable."""
    with suppress(OSError):  # gone, or another user's
        if not folder.is_symlink():
            folder.chmod(0o700)


def files_below(folder: Path) -> list[str]:
    """Relative names of all files and links below a folder, sorted. Links are not followed."""
    found = []
    for place, folders, files in os.walk(folder):
        linked = [name for name in folders if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118
        found += [os.path.relpath(os.path.join(place, n), folder) for n in (*files, *linked)]  # noqa: PTH118
    return sorted(found)
