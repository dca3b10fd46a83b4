"""`mlspec ui`, which is MLflow's own server on the project's store."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from mlspec.local.warden import processes_of
from tests.cli.conftest import Run
from tests.cli.long_running import LongRunning
from tests.local.serving_samples import REGISTERED, make_project

pytestmark = [
    pytest.mark.skipif(
        find_spec("mlflow") is None or find_spec("flask") is None, reason="needs all of mlflow"
    ),
    *(
        pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
        for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
    ),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a registered model in its store."""
    import mlflow

    folder = make_project(tmp_path)
    uri = f"sqlite:///{folder.database}"
    mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri).create_registered_model(REGISTERED)
    return folder.project


def test_it_shows_the_project_s_own_store_and_leaves_nothing(project: Path) -> None:
    with LongRunning(project, "ui", "--port", "0") as command:
        url = command.until(r"MLflow is at (http://127.0.0.1:\d+);")[1]

        with urllib.request.urlopen(url) as page:
            assert "<title>MLflow" in page.read().decode()
        with urllib.request.urlopen(f"{url}/api/2.0/mlflow/registered-models/search") as found:
            [model] = json.load(found)["registered_models"]
        assert model["name"] == REGISTERED

        assert command.end(signal.SIGINT) == 0
        assert command.said.endswith("MLflow has stopped\n")
        assert not processes_of(f"ui-{command.process.pid}")


def test_a_port_that_is_taken(run: Run, tmp_path: Path) -> None:
    make_project(tmp_path).database.touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("ui", "--port", port, code=1)

    assert f"port {port} is taken by another program: choose one with --port" in result.output


def test_before_the_first_run_there_is_nothing(run: Run, tmp_path: Path) -> None:
    folder = make_project(tmp_path)

    result = run("ui", code=1)

    assert "there is nothing to show yet; run `mlspec run` first" in result.output
    assert not folder.database.exists()


def test_another_mlflow_has_its_own_pages(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://ana:secret@mlflow.example.com")

    result = run("ui", code=0)

    assert "names the MLflow of this project: https://ana:***@mlflow.example.com" in result.output
