"""The MLflow of local runs: an embedded one below `.mlspec`, or the one that the user names."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.local import embedded
from mlspec.local.model import Event
from mlspec.local.told import tail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.local.folder import Folder
    from mlspec.local.model import Listener
    from mlspec.local.runner import Runner
    from mlspec.local.task import Task
    from mlspec.plan.model import Pipeline, Step

URI = "MLFLOW_TRACKING_URI"
EXPERIMENT = "MLFLOW_EXPERIMENT_NAME"

_KINDS = frozenset({"train", "evaluate", "gate", "register"})
"""Steps that may be expected to use MLflow."""
_PROGRAMS = (".py", ".ipynb", ".sh", ".R")
_NAMES = (b"mlflow", b"MLFLOW")

_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "8", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
"""Of the step that concludes a run, with a server that refuses or is silent. In the cluster, where
it tries for minutes, nobody sits and waits for it."""
_PATIENCE_SECONDS = 60
"""For all that it does, the import of MLflow too."""
_WARNING = ": warning: "
"""How `mlspec.runtime report` says what kept it from its work."""


def embedded_uri(folder: Folder) -> str:
    return embedded.uri_of(folder.database)


def tracking_uri(folder: Folder, environ: Mapping[str, str] | None = None) -> str:
    """The user's own MLflow if the environment names one, else the embedded one."""
    return (os.environ if environ is None else environ).get(URI) or embedded_uri(folder)


class Store:
    """The MLflow of one pipeline. Where it is the embedded one, its database and the experiment are
    made before any step runs: so no two steps make them at once, and the artifacts lie where this
    project's things are, whichever program asks first."""

    def __init__(self, folder: Folder, pipeline: Pipeline) -> None:
        self._folder = folder
        self._experiment = pipeline.env.get(EXPERIMENT, "")
        self.uri = tracking_uri(folder) if URI in pipeline.env else ""
        self._is_embedded = bool(self._experiment) and self.uri == embedded_uri(folder)
        self._is_used = not self._is_embedded or _is_used(folder, pipeline)

    @property
    def variables(self) -> dict[str, str]:
        """What steps are told of it."""
        return {URI: self.uri} if self.uri else {}

    def settle(self) -> None:
        """CannotRun where MLflow could not use what is there."""
        if self._is_embedded and self._is_used:
            embedded.settle(self._folder)

    @property
    def preparation(self) -> list[str]:
        """The command that makes it ready; none where it is ready, not ours, or not used."""
        if not (self._is_embedded and self._is_used):
            return []
        if embedded.has_experiment(self._folder, self._experiment):
            return []
        place = (self._folder.mlflow_artifacts / self._experiment).as_uri()
        program = [sys.executable, "-m", "mlspec.local.store"]
        return [*program, str(self._folder.database), self._experiment, place]

    def conclude(self, step: Step, runner: Runner, listener: Listener) -> None:
        """Runs the step that records how the run has ended. What keeps it from that is told, and
        changes nothing about the run."""
        if not self.uri:
            runner.run_alone(step)
        elif self._is_used:
            began = time.monotonic()
            listener.event(Event("started", step.name, "recording the outcome in MLflow"))
            task = runner.run_alone(_impatient(step))
            kind = "interrupted" if runner.is_interrupted else "done"
            listener.event(Event(kind, step.name, _trouble(task), time.monotonic() - began))


def _is_used(folder: Folder, pipeline: Pipeline) -> bool:
    """Whether the embedded MLflow is worth the seconds that it takes: there is one, or steps are
    about models, or the project's programs speak of MLflow."""
    return (
        embedded.is_made(folder)
        or any(step.kind in _KINDS for step in pipeline.steps)
        or any(name in text for text in _programs(folder.project) for name in _NAMES)
    )


def _programs(project: Path) -> Iterator[bytes]:
    for place, folders, files in os.walk(project):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        for name in files:
            if name.endswith(_PROGRAMS):
                with suppress(OSError):
                    yield Path(place, name).read_bytes()


def _impatient(step: Step) -> Step:
    """What the user has set for MLflow comes first."""
    patience = {name: value for name, value in _PATIENCE.items() if name not in os.environ}
    return step.replace(env={**patience, **step.env}, timeout_seconds=_PATIENCE_SECONDS)


def _trouble(task: Task) -> str:
    if task.state == "failed":
        return f"warning: not recorded: {task.text}"
    warnings = (line.partition(_WARNING) for line in tail(task.log, 20))
    return "; ".join(f"warning: {text}" for _, is_one, text in warnings if is_one)
