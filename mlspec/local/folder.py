"""`.mlspec/`, the folder beside project.yaml that holds all that runs on this machine leave behind.

mlflow.db, mlartifacts/      the embedded MLflow
results/STEP/KEY/            what a finished step gave, put in place by one rename
artifacts/                   what steps publish, as the artifact store of a cluster has it
runs/RUN/                    run.json, events.jsonl, logs/, work/ (of steps in progress)
code/DIGEST.json             which files a digest of the code stands for
index.json                   digests of files that have not changed since
lock                         held by the one run that is going on
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = ".mlspec"


class AlreadyRunning(Exception):
    """Another process runs this project's pipeline now."""

    def __init__(self, pid: str) -> None:
        self.pid = pid
        super().__init__(f"a run of this project is going on already (process {pid or 'unknown'})")


class Folder:
    """Where things lie below a project's `.mlspec`."""

    def __init__(self, project: Path) -> None:
        self.project = project.resolve()
        self.root = self.project / NAME
        self.results = self.root / "results"
        self.artifacts = self.root / "artifacts"
        self.runs = self.root / "runs"
        self.code = self.root / "code"
        self.index = self.root / "index.json"
        self.database = self.root / "mlflow.db"
        self.mlflow_artifacts = self.root / "mlartifacts"

    def prepare(self) -> None:
        """Makes the folder; Git never sees what is in it."""
        for folder in (self.results, self.artifacts, self.runs, self.code):
            folder.mkdir(parents=True, exist_ok=True)
        ignore = self.root / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Alone in this folder, until the end of this process at the latest. AlreadyRunning where
        another one is."""
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _take(handle)
            os.pwrite(handle, f"{os.getpid():<20}\n".encode(), 0)
            yield
        finally:
            os.close(handle)

    @property
    def is_busy(self) -> bool:
        """Whether a run is going on now. Asking keeps none from beginning."""
        try:
            handle = os.open(self.root / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return _is_taken(handle)
        finally:
            os.close(handle)


def _take(handle: int) -> None:
    """Runs take the lock for themselves; who only asks shares it for a moment, which is waited
    for."""
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if _is_taken(handle):
                raise AlreadyRunning(os.read(handle, 32).decode().strip()) from error
        fcntl.flock(handle, fcntl.LOCK_UN)
        time.sleep(0.001)


def _is_taken(handle: int) -> bool:
    """Whether a run has it. Otherwise it is shared from now on."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
