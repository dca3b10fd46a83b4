"""MLflow, as the steps use it: connecting without hanging, and errors in the reader's words."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlspec.runtime.environment import StepEnvironment
from mlspec.runtime.errors import StepFailure, Unavailable
from mlspec.runtime.extras import need

# MLflow's own defaults (7 retries, doubling waits of 2 s) keep a step hanging for minutes. An
# operator's setting of the same variables wins.
DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "4",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "60",
    # It prints links made of MLFLOW_TRACKING_URI, which may hold a password.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
# Codes that MLflow answers with when a model or an alias does not exist: see
# mlflow/store/model_registry/sqlalchemy_store.py, get_model_version_by_alias.
ABSENT_CODES = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE", "NOT_FOUND")
_SQLALCHEMY = re.compile(r"^\((\w+\.)+\w+\) ")
"""The class of a driver's error, which SQLAlchemy writes before what it says."""


def connect(environment: StepEnvironment) -> Any:
    """An MlflowClient of MLFLOW_TRACKING_URI, for both runs and the registry."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    mlflow = need("mlflow")
    for noisy in ("mlflow", "alembic", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    uri = environment.tracking_uri
    with talking():
        return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


@contextmanager
def talking() -> Iterator[None]:
    """Turns what MLflow raises (refused, unreachable, a lost artifact store) into Unavailable."""
    exceptions, requests = need("mlflow.exceptions"), need("requests")
    try:
        yield
    except (exceptions.MlflowException, requests.RequestException) as err:
        raise Unavailable(f"MLflow: {_reason(err)}") from err
    except ModuleNotFoundError as err:  # the client of an artifact store, such as boto3
        raise StepFailure(f"MLflow needs a package of its artifact store: {err.name}") from err
    except Exception as err:
        if not type(err).__module__.startswith("sqlalchemy."):
            raise
        # MLflow lets them through while it opens its database.
        raise Unavailable(f"MLflow's database: {_reason(err)}") from err


def _reason(err: Exception) -> str:
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return _SQLALCHEMY.sub("", lines[0])[:500] if lines else type(err).__name__


def experiment_id(client: Any, name: str) -> str:
    """The experiment of that name, made when there is none; two steps may make it at once."""
    exceptions = need("mlflow.exceptions")
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name))
        except exceptions.MlflowException as err:
            found = client.get_experiment_by_name(name)
            if found is None:
                raise err
    return str(found.experiment_id)


def find_run(client: Any, experiment: str, tags: dict[str, str]) -> Any | None:
    """The run of the experiment that has all of these tags: an earlier try of the same step."""
    wanted = " and ".join(f"tags.`{key}` = {quoted(value)}" for key, value in tags.items())
    runs = client.search_runs([experiment], wanted, max_results=1)
    return runs[0] if runs else None


def quoted(value: str) -> str:
    """A string literal of MLflow's search filters, which know no escapes."""
    if "'" in value and '"' in value:
        raise StepFailure(f"MLflow cannot search for {value!r}: it holds both kinds of quotes")
    return f'"{value}"' if "'" in value else f"'{value}'"


def version_of(client: Any, model: str, alias: str) -> Any | None:
    """The model version behind an alias, or None when there is no such model or alias."""
    exceptions = need("mlflow.exceptions")
    try:
        return client.get_model_version_by_alias(model, alias)
    except exceptions.MlflowException as err:
        if err.error_code in ABSENT_CODES and "not found" in str(err):
            return None
        raise
