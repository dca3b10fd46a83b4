"""Versions of a model in a real MLflow on SQLite, as the registration of a pipeline makes them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest


def empty_database(folder: Path) -> Path:
    """An MLflow database with its tables: the slow part, done once and copied."""
    mlflow = pytest.importorskip("mlflow", reason="needs the extra mlspec[local]")
    pytest.importorskip("alembic", reason="MLflow on SQLite needs alembic and sqlalchemy")
    path = folder / "mlflow.db"
    mlflow.MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


class Registered:
    """An MLflow of a test's own. Its artifacts are in S3, as far as it knows."""

    def __init__(self, empty: Path, folder: Path) -> None:
        import mlflow

        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty, folder / "mlflow.db")
        self.uri = f"sqlite:///{folder}/mlflow.db"
        self.client: Any = mlflow.MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def version(
        self,
        name: str,
        *aliases: str,
        metrics: Mapping[str, float] | None = None,
        gates: str = "passed",
        source: str = "s3://mlflow",
    ) -> Any:
        """Makes the next version. `gates`: what is on record; empty for nothing."""
        from mlflow.exceptions import MlflowException

        experiment = self.client.get_experiment_by_name("e")
        identifier = experiment.experiment_id if experiment else self.client.create_experiment("e")
        run = self.client.create_run(identifier)
        for metric, value in (metrics or {"f1": 0.9}).items():
            self.client.log_metric(run.info.run_id, metric, value)
        with suppress(MlflowException):  # it has versions already
            self.client.create_registered_model(name)
        verdict = ["f1", ">= 0.8", "0.9", "fail" if gates == "failed" else "pass"]
        record = {"mlspec.gates": gates, "mlspec.gates.verdicts": json.dumps([verdict])}
        made = self.client.create_model_version(
            name,
            source=f"{source}/{run.info.run_id}/model",
            run_id=run.info.run_id,
            tags={"mlspec.digest": f"sha256:{run.info.run_id * 2}", **(record if gates else {})},
        )
        for alias in aliases:
            self.client.set_registered_model_alias(name, alias, made.version)
        return made
