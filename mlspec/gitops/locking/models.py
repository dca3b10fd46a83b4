"""MLflow, asked which version an alias means, and what is known of a version.

`mlflow-skinny` (the extra `local`) is imported when the first question is asked.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mlspec.gitops.errors import GitopsError
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.language.platform import Platform

_INSTALL = "mlspec[local]"
_READ_BY_RCLONE = ("s3", "gs", "azureblob")
"""Addresses whose scheme is the name of rclone's remote, and whose host the bucket."""
_AZURE = ("wasbs", "wasb", "abfss", "abfs")
"""As Hadoop and MLflow write Azure's: `wasbs://CONTAINER@ACCOUNT.blob.core.windows.net/PATH`."""
_PROXIED = "mlflow-artifacts"
_DIGEST_TAG, _GATES_TAG, _VERDICTS_TAG = "mlspec.digest", "mlspec.gates", "mlspec.gates.verdicts"
"""Written by mlspec.runtime.register."""


class Version(Record):
    """One version of a registered model, and the run that made it."""

    name: str
    version: str
    run_id: str
    source: str
    """Where MLflow says that its files are."""
    digest: str = ""
    gates: str = ""
    """`passed`, `failed` or `none`; empty where nothing is on record."""
    verdicts: tuple[tuple[str, str, str, bool], ...] = ()
    """Of each rule: the metric, what was expected, what was found, whether it passed."""
    metrics: Mapping[str, float] = {}


class Models:
    """The model registry of one tracking server."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._client: Any = None
        self._lost: GitopsError | None = None
        """That it did not answer: it is not waited for again with every question."""

    def behind(self, name: str, alias: str) -> Version | None:
        """The version that an alias means; None where there is no such model or alias."""
        from mlspec.runtime import tracking

        with self._talking():
            found = tracking.version_of(self._connected(), name, alias)
            return None if found is None else self._version(found)

    def version(self, name: str, number: str) -> Version | None:
        from mlspec.runtime import tracking
        from mlspec.runtime.extras import need

        with self._talking():
            client = self._connected()
            try:
                return self._version(client.get_model_version(name, number))
            except need("mlflow.exceptions").MlflowException as error:
                if error.error_code in tracking.ABSENT_CODES:
                    return None
                raise

    def _version(self, found: Any) -> Version:
        tags = {str(key): str(value) for key, value in (found.tags or {}).items()}
        run_id = str(found.run_id or "")
        return Version(
            name=str(found.name),
            version=str(found.version),
            run_id=run_id,
            source=str(
                self._connected().get_model_version_download_uri(found.name, str(found.version))
            ),
            digest=tags.get(_DIGEST_TAG, ""),
            gates=tags.get(_GATES_TAG, ""),
            verdicts=_verdicts(tags.get(_VERDICTS_TAG, "")),
            metrics=self._metrics(run_id),
        )

    def _metrics(self, run_id: str) -> dict[str, float]:
        """Empty for a version without a run, and for one whose run is gone."""
        from mlspec.runtime import tracking
        from mlspec.runtime.extras import need

        if not run_id:
            return {}
        try:
            return dict(self._connected().get_run(run_id).data.metrics)
        except need("mlflow.exceptions").MlflowException as error:
            if error.error_code in tracking.ABSENT_CODES:
                return {}
            raise

    def _connected(self) -> Any:
        if self._client is None:
            from mlspec.runtime import tracking
            from mlspec.runtime.environment import StepEnvironment

            # A person waits: a server that is not there is told of at once.
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
            os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "15")
            self._client = tracking.connect(StepEnvironment.read({"MLFLOW_TRACKING_URI": self.uri}))
        return self._client

    @contextmanager
    def _talking(self) -> Iterator[None]:
        from mlspec.runtime import tracking
        from mlspec.runtime.errors import MissingPackage, StepFailure

        if self._lost is not None:
            raise self._lost
        try:
            from mlspec.runtime.extras import need

            need("mlflow")
            with tracking.talking():
                yield
        except MissingPackage as error:
            raise GitopsError(
                f"{error.module} is not installed, which asks MLflow",
                f"install it with: pip install '{_INSTALL}'",
            ) from error
        except StepFailure as error:
            found = GitopsError(
                f"{self.uri}: {error.message}",
                "MLFLOW_TRACKING_URI names the MLflow to ask; without it platform.yaml does",
            )
            if not isinstance(error.__cause__, need("mlflow.exceptions").RestException):
                self._lost = found
            raise found from error


def _verdicts(text: str) -> tuple[tuple[str, str, str, bool], ...]:
    try:
        rows = json.loads(text or "[]")
        return tuple((str(m), str(e), str(f), p == "pass") for m, e, f, p in rows)
    except (ValueError, TypeError):
        return ()


def tracking_uri(platform: Platform) -> str:
    return os.environ.get("MLFLOW_TRACKING_URI") or platform.mlflow.uri


def servable_uri(version: Version, platform: Platform) -> str:
    """The address from which a server can download the version's files.

    A server downloads with rclone and not through MLflow. So what MLflow calls `mlflow-artifacts:`
    is turned into the place that its server keeps these in, which platform.yaml knows; and a folder
    of the machine that MLflow ran on is refused.
    """
    what = f"version {version.version} of `{version.name}`"
    source = version.source
    if source.startswith(f"{_PROXIED}:"):
        if not platform.mlflow.artifacts:
            raise GitopsError(
                f"{what} is at {source}, which only MLflow itself can read",
                "write into platform.yaml where MLflow keeps it: "
                "`mlflow.artifacts: <the server's --artifacts-destination>`",
            )
        # `mlflow-artifacts:/1/RUN/…`, or with the server's host between the slashes.
        rest = source.partition(":")[2]
        path = rest[2:].partition("/")[2] if rest.startswith("//") else rest
        source = f"{platform.mlflow.artifacts.rstrip('/')}/{path.lstrip('/')}"
    scheme, found, rest = source.partition("://")
    if found and scheme in _AZURE:
        authority, _, path = rest.partition("/")
        source = f"azureblob://{authority.partition('@')[0]}/{path}"
    elif not found or scheme not in _READ_BY_RCLONE:
        raise GitopsError(
            f"{what} is at {source}, from where no server can download it",
            "let MLflow keep its artifacts in shared storage (`mlflow server "
            "--artifacts-destination s3://…`), and register the model again",
        )
    return source
