"""The code that a step runs, as a digest that can tell later which of its files have changed.

What of a project is code cannot be known, so every file below its folder counts that is not
evidently something else: data of its sources, documents of mlspec, what tools leave behind.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlspec.local.digests import of_value
from mlspec.local.files import read_json, read_object, write_json
from mlspec.local.folder import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.local.digests import Index
    from mlspec.local.folder import Folder

_NOT_ENTERED = frozenset({"__pycache__", "node_modules", "site-packages", "mlruns"})
_DOCUMENTS = frozenset({"project.yaml", "platform.yaml", "mlspec.lock"})
"""What they say of a step is in its key; a change of the rest is none of its business."""
_NO_CODE = re.compile(
    r""".*\.(py[co] | md | rst | log)            # compiled; read by people; written by programs
    | (LICEN[CS]E | COPYING | NOTICE)([.-].*)?
    | nohup\.out
    | .*~ | \..*\.sw[a-z] | \#.*\# | \.\#.*    # left by editors: nano and others, Vim, Emacs
    """,
    re.VERBOSE,
)
"""Names of files that are evidently no code. Not data, which programs may read on the quiet."""


class Code(NamedTuple):
    """Some files, by name, and the digest of them all."""

    digest: str
    files: dict[str, str]


def project_code(folder: Folder, index: Index, data: frozenset[str], named: frozenset[str]) -> Code:
    """The project's own code. `data` are the real paths of its sources' files and folders; what is
    `named` in a command is read by it, whatever it is."""
    root = str(folder.project)
    return _code(
        {
            name: _digest(index, f"{root}/{name}")
            for name in _files(root, data)
            if name not in _DOCUMENTS and (name in named or not _is_no_code(name))
        }
    )


def _is_no_code(name: str) -> bool:
    return _NO_CODE.fullmatch(os.path.basename(name)) is not None  # noqa: PTH119 (twice as fast)


def _digest(index: Index, path: str) -> str:
    """Of a link: of the file behind it, if there is one."""
    is_link = os.path.islink(path) and os.path.exists(path)  # noqa: PTH110, PTH114
    return index.file(os.path.realpath(path) if is_link else path)


def runtime_code(index: Index) -> Code:
    """The programs of ours that steps run, of the mlspec that runs now."""
    root = str(Path(__file__).parents[1] / "runtime")
    names = (name for name in _files(root, frozenset()) if name.endswith(".py"))
    return _code({name: index.file(f"{root}/{name}") for name in names})


def _code(files: dict[str, str]) -> Code:
    return Code(of_value(files), files)


def _files(root: str, data: frozenset[str]) -> Iterator[str]:
    """Names below `root`, through links, each folder once."""
    seen: set[str] = set()
    for place, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(place)
        if real in seen or (place != root and _is_other_thing(place, files)):
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _NOT_ENTERED
            and not name.endswith(".egg-info")
            and not _is_left_out(root, f"{place}/{name}", data)
        )
        for name in sorted(files):
            path = f"{place}/{name}"
            if not _is_left_out(root, path, data):
                yield path[len(root) + 1 :]


def _is_left_out(root: str, path: str, data: frozenset[str]) -> bool:
    """Data; or a link to data, to what runs leave behind, or to a folder that the project is in."""
    if path in data:
        return True
    if not os.path.islink(path):  # noqa: PTH114
        return False
    real = os.path.realpath(path)
    return (
        real in data
        or f"{real}/".startswith(f"{root}/{NAME}/")
        or Path(real) in Path(root, "x").parents
    )


def _is_other_thing(place: str, files: list[str]) -> bool:
    """A virtual environment, or a tree that mlspec has rendered."""
    if "pyvenv.cfg" in files:
        return True
    if "provenance.json" not in files:
        return False
    return {"mlspec", "files"} <= read_object(Path(place, "provenance.json")).keys()


def keep(folder: Folder, code: Code) -> None:
    """Remembers the files, so that a later run can say which have changed."""
    path = folder.code / f"{code.digest}.json"
    if not path.exists():
        write_json(path, code.files)


def changed_files(folder: Folder, before: str, now: Code) -> list[str]:
    """The files in which the code differs from the code of an earlier digest, if that is known."""
    earlier = read_json(folder.code / f"{before}.json")
    if not isinstance(earlier, dict):
        return []
    names = sorted({*earlier, *now.files})
    return [name for name in names if earlier.get(name) != now.files.get(name)]


def python_digest() -> str:
    """Of the interpreter and of the names and versions of what is installed beside it. The names of
    the folders tell both; to read each package's own metadata would take a hundred times as long.
    """
    installed: set[str] = set()
    for place in sys.path:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208
        except OSError:
            continue
        installed.update(n for n in names if n.endswith((".dist-info", ".egg-info")))
    return of_value([sys.version, sorted(installed)])
