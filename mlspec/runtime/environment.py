"""The environment of a step: the MLSPEC_* and MLFLOW_* variables that every step is given."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from mlspec.runtime.errors import UsageError


@dataclass(frozen=True, slots=True)
class StepEnvironment:
    """What a step knows about the pipeline run it belongs to. Absent variables are empty."""

    run: str
    project: str
    environment: str
    step: str
    tracking_uri: str
    experiment: str
    lineage: str = ""
    """JSON: tags that who runs the step adds, such as the commit and the digests of the data."""

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> StepEnvironment:
        get = (os.environ if environ is None else environ).get
        return cls(
            run=get("MLSPEC_RUN", ""),
            project=get("MLSPEC_PROJECT", ""),
            environment=get("MLSPEC_ENVIRONMENT", ""),
            step=get("MLSPEC_STEP", ""),
            tracking_uri=get("MLFLOW_TRACKING_URI", ""),
            experiment=get("MLFLOW_EXPERIMENT_NAME", ""),
            lineage=get("MLSPEC_LINEAGE", ""),
        )

    def require(self, *names: str) -> None:
        """UsageError that lists every variable of these fields which is unset or empty."""
        variables = {
            "run": "MLSPEC_RUN",
            "project": "MLSPEC_PROJECT",
            "environment": "MLSPEC_ENVIRONMENT",
            "tracking_uri": "MLFLOW_TRACKING_URI",
            "experiment": "MLFLOW_EXPERIMENT_NAME",
        }
        missing = [variables[name] for name in names if not getattr(self, name)]
        if missing:
            raise UsageError(f"expected in the environment, found unset: {', '.join(missing)}")

    def tags(self, step: str) -> dict[str, str]:
        """MLflow tags that say which pipeline run made something; `step` unless MLSPEC_STEP."""
        found = {
            "mlspec.run": self.run,
            "mlspec.project": self.project,
            "mlspec.environment": self.environment,
            "mlspec.step": self.step or step,
        }
        return self._lineage() | {key: value for key, value in found.items() if value}

    def _lineage(self) -> dict[str, str]:
        try:
            tags = json.loads(self.lineage or "{}")
        except ValueError as err:
            raise UsageError(f"MLSPEC_LINEAGE: expected JSON, found malformed JSON: {err}") from err
        if not isinstance(tags, dict):
            raise UsageError("MLSPEC_LINEAGE: expected a map of tag to value")
        return {str(key): str(value) for key, value in tags.items()}
