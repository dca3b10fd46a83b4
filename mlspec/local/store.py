"""`python -m mlspec.local.store DATABASE EXPERIMENT ARTIFACTS`: makes the embedded MLflow.

A process of its own: MLflow takes seconds to import, and the runner does without it.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from mlspec.local.embedded import uri_of


def prepare(database: Path, experiment: str, artifacts: str) -> None:
    """The tables of runs and of the registry, and the experiment if there is none. A new database
    is put in place when it is whole: MLflow cannot go on with one that was half made."""
    if database.is_file() and database.stat().st_size > 0:
        _fill(database, experiment, artifacts)
        return
    beside = database.with_name(f"{database.name}.new")
    for old in (beside, beside.with_name(f"{beside.name}-journal")):
        old.unlink(missing_ok=True)
    _hurry()
    _fill(beside, experiment, artifacts)
    beside.replace(database)


def _hurry() -> None:
    """MLflow's seventy migrations wait for the disk at each step, which takes as long as all the
    rest. A file that is not in place yet may as well be lost with the power."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def do_not_wait(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


def _fill(database: Path, experiment: str, artifacts: str) -> None:
    from mlflow import MlflowClient

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    uri = uri_of(database)
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.search_registered_models(max_results=1)
    if client.get_experiment_by_name(experiment) is None:
        client.create_experiment(experiment, artifact_location=artifacts)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), *sys.argv[2:])
