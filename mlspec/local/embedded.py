"""The embedded MLflow's file, read without MLflow: can it be used, and are its artifacts here?

MLflow takes seconds to import, tells of a broken file in SQLAlchemy's words, and keeps absolute
addresses of artifacts: in a project that was moved or copied it would go on writing into the folder
where the project was.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mlspec.local.errors import CannotRun
from mlspec.local.folder import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.local.folder import Folder

_PATIENCE_SECONDS = 5.0
"""For the transaction of another program to end."""

_ADDRESSES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)
"""Where MLflow keeps addresses of artifacts: mlflow/store/tracking/dbmodels/models.py and
mlflow/store/model_registry/dbmodels/models.py; those of traces are tags."""

_FOLDERS = (f"{NAME}/mlartifacts", "mlruns")
"""Of a project: where we have MLflow put artifacts, and where it puts those of experiments that a
program makes."""

_REVISION = re.compile(r'^(down_)?revision = "(\w+)"', re.MULTILINE)


class Unusable(CannotRun):
    """The file cannot be used as it is; nothing of it was changed."""


def uri_of(database: Path) -> str:
    """As MLflow takes it."""
    return f"sqlite:///{database}"


def is_made(folder: Folder) -> bool:
    """An empty file is none for MLflow either."""
    return folder.database.is_file() and folder.database.stat().st_size > 0


def settle(folder: Folder) -> None:
    """To be called before MLflow opens the file, if there is one: Unusable where it could not. What
    the file says of artifacts is true afterwards, wherever the project has been before."""
    if is_made(folder):
        with _opened(folder) as database:
            _require_mlflow_s(database, folder.database)
            _follow(database, folder.project)


def has_experiment(folder: Folder, name: str) -> bool:
    """Of a file that `settle` has found usable."""
    if not is_made(folder):
        return False
    with _opened(folder) as database:
        return bool(database.execute("SELECT 1 FROM experiments WHERE name = ?", [name]).fetchall())


@contextmanager
def _opened(folder: Folder) -> Iterator[sqlite3.Connection]:
    """Each statement is a transaction, unless one is begun. Turns what SQLite says into words."""
    path = folder.database
    try:
        with closing(
            sqlite3.connect(
                f"{path.as_uri()}?mode=rw",
                uri=True,
                timeout=_PATIENCE_SECONDS,
                isolation_level=None,
            )
        ) as database:
            yield database
    except sqlite3.Error as error:
        raise Unusable(_said(path, error)) from error


def _said(path: Path, error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"another program keeps {path} locked: end it, then try again"
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return f"{path} is damaged, or no database of MLflow: {_move_away(path)}"
    return f"{path} cannot be used ({error}): see to its permissions, and to space on its disk"


def _move_away(path: Path) -> str:
    return (
        f"move it away (mv {path} {path}.old), and the next `mlspec run` makes a new one, which "
        "knows nothing of earlier runs and models"
    )


# ── whose file it is ──────────────────────────────────────────────────────────────────────────────


def _require_mlflow_s(database: sqlite3.Connection, path: Path) -> None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if not {"alembic_version", "experiments"} <= tables:
        raise Unusable(f"{path} is damaged, or no database of MLflow: {_move_away(path)}")
    known, latest = _revisions()
    [*found] = (version for (version,) in database.execute("SELECT * FROM alembic_version"))
    if not known or found == [latest]:
        return
    if set(found) <= known:
        raise Unusable(
            f"{path} was made by an older MLflow than the installed one: copy it, then bring it up "
            f"to date with: mlflow db upgrade {uri_of(path)}"
        )
    raise Unusable(
        f"{path} was made by a newer MLflow than the installed one: install that one "
        f"(pip install --upgrade mlflow-skinny), or {_move_away(path)}"
    )


def _revisions() -> tuple[frozenset[str], str]:
    """All versions of the tables that the installed MLflow knows, and the one it wants; nothing
    where it does not tell. Read from its migrations, whose graph is a line."""
    spec = find_spec("mlflow")
    places = (spec.submodule_search_locations if spec else None) or ()
    files = (f for place in places for f in Path(place).glob("store/db_migrations/versions/*.py"))
    lines = [found for file in files for found in _REVISION.findall(file.read_text("utf-8"))]
    known = frozenset(revision for is_down, revision in lines if not is_down)
    [*ends] = known - {revision for is_down, revision in lines if is_down}
    return (known, ends[0]) if len(ends) == 1 else (frozenset(), "")


# ── where its artifacts are ───────────────────────────────────────────────────────────────────────


def _follow(database: sqlite3.Connection, here: Path) -> None:
    """Addresses in another folder of which this project was become those of `here`; all of them, or
    none."""
    if not _others(database, here):
        return
    database.execute("BEGIN IMMEDIATE")  # left without COMMIT, nothing of it has happened
    for other in _others(database, here):
        for folder in _FOLDERS:
            for old, new in _pairs(other / folder, here / folder):
                _replace(database, old, new)
    database.execute("COMMIT")


def _others(database: sqlite3.Connection, here: Path) -> set[Path]:
    """Folders of projects in whose `.mlspec` experiments still have their artifacts."""
    ours = f"/{_FOLDERS[0]}/"
    found = set()
    for (address,) in database.execute("SELECT artifact_location FROM experiments"):
        before, is_ours, _ = (address or "").partition(ours)
        if is_ours and before.startswith("file:///"):
            found.add(Path(unquote(urlsplit(before).path)))
    return found - {here}


def _pairs(old: Path, new: Path) -> Iterator[tuple[str, str]]:
    """MLflow writes addresses as it was given them, or as paths."""
    yield f"{old.as_uri()}/", f"{new.as_uri()}/"
    yield f"{old}/", f"{new}/"


def _replace(database: sqlite3.Connection, old: str, new: str) -> None:
    for table, column in _ADDRESSES:
        columns = database.execute("SELECT name FROM pragma_table_info(?)", [table])
        if (column,) in columns.fetchall():  # MLflow's tables change
            database.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?)"
                f" WHERE substr({column}, 1, ?) = ?",
                [new, len(old) + 1, len(old), old],
            )
