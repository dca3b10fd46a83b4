"""Paths on the command line → projects, and the platform and lock that belong to each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PROJECT_FILE = "project.yaml"
PLATFORM_FILE = "platform.yaml"
LOCK_FILE = "mlspec.lock"
PROVENANCE_FILE = "provenance.json"
DEFAULT_PLATFORM = Path(__file__).with_name("default_platform.yaml").resolve()
"""Where it really is: an installation may be made of links, and none may lead out of a folder."""

_NOT_ENTERED = {"node_modules", "__pycache__", "site-packages", "venv"}


class NothingFound(Exception):
    """A path that holds no project; the message says so in full."""


def find_projects(paths: Iterable[str]) -> list[str]:
    """The project files that the paths name, each once, in a stable order.

    A file is taken as it is; below a folder every project.yaml counts, except in hidden folders,
    those of package managers, and the trees that mlspec has rendered. Links to folders are not
    followed, and folders that may not be looked into are passed over, unless they are named. Raises
    NothingFound.
    """
    found: dict[str, str] = {}
    for path in paths:
        here = list(_below(path) if _is_folder(path) else _file(path))
        if not here:
            raise NothingFound(f"there is no {PROJECT_FILE} in or below {path}")
        for file in here:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _is_folder(path: str) -> bool:
    try:
        return path != "" and Path(path).is_dir()
    except OSError:  # a name that is too long, a folder above that we may not look into
        return False


def _file(path: str) -> Iterator[str]:
    if not os.path.lexists(path):
        raise NothingFound(f"{path or '``'} does not exist")
    yield path


def _below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder, onerror=_if_named(folder)):
        if PROVENANCE_FILE in files and PROJECT_FILE not in files:
            folders.clear()  # of a thousand projects, looking into these takes half a second
        folders[:] = sorted(name for name in folders if may_hold_projects([name]))
        if PROJECT_FILE in files or PROJECT_FILE in folders:
            yield os.path.normpath(Path(place) / PROJECT_FILE)


def may_hold_projects(folders: Iterable[str]) -> bool:
    """Whether projects are looked for in folders of these names."""
    return not any(name.startswith(".") or name in _NOT_ENTERED for name in folders)


def _if_named(folder: str) -> Callable[[OSError], None]:
    """What to do about a folder that cannot be looked into."""

    def tell(error: OSError) -> None:
        if error.filename == folder:
            raise NothingFound(f"cannot look into {folder}: {(error.strerror or '').lower()}")

    return tell


def find_platform(project_file: str, known: dict[str, str] | None = None) -> str:
    """The nearest platform.yaml in the project's folder or above it, within the Git repository if
    there is one; else the embedded default. `known` remembers folders for the next project."""
    known = {} if known is None else known
    place = os.path.dirname(os.path.join(os.getcwd(), project_file))  # noqa: PTH109, PTH118, PTH120
    passed: list[str] = []
    while place not in known:
        passed.append(place)
        above = os.path.dirname(place)  # noqa: PTH120
        candidate = f"{place.rstrip('/')}/{PLATFORM_FILE}"
        if os.path.lexists(candidate):  # a link to nowhere is a mistake to report
            known[place] = shown(Path(candidate))
        elif above == place or os.path.lexists(f"{place}/.git"):  # no exception where we may not
            known[place] = str(DEFAULT_PLATFORM)
        place = place if place in known else above
    known.update(dict.fromkeys(passed, known[place]))
    return known[place]


def lock_file(project_file: str) -> Path:
    """Where the lock of a project is, or would be."""
    return Path(project_file).with_name(LOCK_FILE)


def lock_of(project_file: str) -> str | None:
    """The lock beside a project, if there is one."""
    candidate = lock_file(project_file)
    return str(candidate) if os.path.lexists(candidate) else None


def name_in(root: Any) -> str:
    """`metadata.name` in the tree of a project, which may be wrong in any way; empty where there is
    none that could be the name of a folder."""
    metadata = root.get("metadata") if isinstance(root, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) and "/" not in name else ""


def shown(path: Path) -> str:
    """A path as people write it: relative where that is not longer way round."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return os.path.relpath(path) if len(os.path.relpath(path)) < len(str(path)) else str(path)
