"""`python -m mlspec.local.store URI EXPERIMENT ARTIFACTS`: makes the embedded MLflow.

A process of its own: MLflow takes seconds to import, and the runner does without it.
"""

from __future__ import annotations

import logging
import sys


def prepare(uri: str, experiment: str, artifacts: str) -> None:
    """The tables of runs and of the registry, and the experiment if there is none."""
    from mlflow import MlflowClient

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.search_registered_models(max_results=1)
    if client.get_experiment_by_name(experiment) is None:
        client.create_experiment(experiment, artifact_location=artifacts)


if __name__ == "__main__":
    prepare(*sys.argv[1:])
