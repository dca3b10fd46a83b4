"""The address of a model in a lock is one that a server can download from."""

from __future__ import annotations

import pytest

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.models import Version, servable_uri
from tests.specs import platform

KNOWN = "mlflow: {uri: http://mlflow.mlops.svc:5000, artifacts: %s}"


def address(source: str, on: str = "") -> str:
    return servable_uri(Version(name="m", version="3", run_id="r", source=source), platform(on))


@pytest.mark.parametrize(
    ("source", "kept", "uri"),
    [
        pytest.param("s3://b/1/r/model", "", "s3://b/1/r/model", id="s3"),
        pytest.param("gs://b/1/r/model", "", "gs://b/1/r/model", id="gcs"),
        pytest.param(
            "wasbs://c@acme.blob.core.windows.net/1/model", "", "azureblob://c/1/model", id="azure"
        ),
        pytest.param(
            "mlflow-artifacts:/1/r/model", "s3://b/art/", "s3://b/art/1/r/model", id="proxied"
        ),
        pytest.param(
            "mlflow-artifacts://mlflow:5000/1/r", "gs://b/art", "gs://b/art/1/r", id="with a host"
        ),
        pytest.param(
            "mlflow-artifacts:/1", "wasbs://c@a.blob.core.windows.net/x", "azureblob://c/x/1",
            id="proxied to azure",
        ),
    ],
)  # fmt: skip
def test_what_rclone_reads(source: str, kept: str, uri: str) -> None:
    assert address(source, KNOWN % kept if kept else "") == uri


@pytest.mark.parametrize(
    ("source", "help"),
    [
        (
            "mlflow-artifacts:/1/r/model",
            "`mlflow.artifacts: <the server's --artifacts-destination>`",
        ),
        ("/home/ana/mlruns/1", "keep its artifacts in shared storage"),
        ("file:///srv/mlruns/1", "keep its artifacts in shared storage"),
        ("dbfs:/models/1", "keep its artifacts in shared storage"),
    ],
)
def test_what_it_does_not_read(source: str, help: str) -> None:
    with pytest.raises(GitopsError, match=r"version 3 of `m` is at ") as found:
        address(source)
    assert help in found.value.help
