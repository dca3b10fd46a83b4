"""The MLflow of local runs: an embedded one below `.mlspec`, or the one that the user names."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from mlspec.local.files import read_object, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.local.folder import Folder
    from mlspec.plan.model import Pipeline

URI = "MLFLOW_TRACKING_URI"
EXPERIMENT = "MLFLOW_EXPERIMENT_NAME"


def embedded_uri(folder: Folder) -> str:
    return f"sqlite:///{folder.database}"


def tracking_uri(folder: Folder, environ: Mapping[str, str] | None = None) -> str:
    """The user's own MLflow if the environment names one, else the embedded one."""
    return (os.environ if environ is None else environ).get(URI) or embedded_uri(folder)


class Store:
    """The embedded MLflow of one pipeline. Its database and the experiment are made before any step
    runs: so no two steps make them at once, and the artifacts lie where this project's things are,
    whichever program asks first."""

    def __init__(self, folder: Folder, pipeline: Pipeline) -> None:
        self._folder = folder
        self._experiment = pipeline.env.get(EXPERIMENT, "")
        self._mark = folder.root / "tracking.json"
        self.uri = tracking_uri(folder) if URI in pipeline.env else ""

    @property
    def variables(self) -> dict[str, str]:
        """What steps are told of it."""
        return {URI: self.uri} if self.uri else {}

    @property
    def preparation(self) -> list[str]:
        """The command that makes it ready; none where it is ready, or not ours."""
        if self.uri != embedded_uri(self._folder) or not self._experiment:
            return []
        if self._folder.database.exists() and self._known().get(self._experiment) == self.uri:
            return []
        place = (self._folder.mlflow_artifacts / self._experiment).as_uri()
        program = [sys.executable, "-m", "mlspec.local.store"]
        return [*program, self.uri, self._experiment, place]

    def is_prepared(self) -> None:
        """To be called when the command has succeeded."""
        write_json(self._mark, self._known() | {self._experiment: self.uri})

    def _known(self) -> dict[str, Any]:
        return read_object(self._mark)
