"""MLflow as the lock asks it: addresses that a server can download from, and no long wait."""

from __future__ import annotations

import socket
import threading

import pytest

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.models import Models, Version, servable_uri
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


def test_an_mlflow_that_hangs_up_is_asked_once_and_not_for_every_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlspec[local]")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    asked = 0
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            nonlocal asked
            with listening:
                while (connection := listening.accept()[0]).recv(1) == b"G":
                    asked += 1
                    connection.close()
                connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        port = listening.getsockname()[1]
        mlflow = Models(f"http://127.0.0.1:{port}")
        for name in ("grader", "other"):
            with pytest.raises(GitopsError, match=r"127\.0\.0\.1"):
                mlflow.version(name, "1")
        with socket.create_connection(("127.0.0.1", port)) as end:
            end.sendall(b"E")
        thread.join()

    assert asked == 1
