"""MLflow's own pages on the project's store, run by MLflow's own server."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mlspec.local import embedded
from mlspec.local.serving.errors import BusyPort, MissingExtra, NothingRegistered
from mlspec.local.serving.server import HOST, free_ports, is_free
from mlspec.local.tracking import URI, embedded_uri

if TYPE_CHECKING:
    from mlspec.local.folder import Folder
    from mlspec.local.serving.server import Server, Servers

START_SECONDS = 60.0


def start(servers: Servers, folder: Folder, port: int) -> Server:
    """`port` 0 is any. BusyPort where something listens there."""
    if find_spec("mlflow") is None or find_spec("flask") is None:  # mlflow-skinny has no pages
        raise MissingExtra("MLflow", what="mlspec ui")
    if not folder.database.is_file():
        raise NothingRegistered("there is nothing to show yet; run `mlspec run` first")
    if port and not is_free(port):
        raise BusyPort(port)
    embedded.settle(folder)
    port = port or free_ports(1)[0]
    artifacts = folder.mlflow_artifacts.as_uri()
    command = [sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--backend-store-uri", embedded_uri(folder)]
    command += ["--artifacts-destination", artifacts, "--default-artifact-root", artifacts]
    command += ["--workers", "1"]
    return servers.start(
        "MLflow's server",
        command,
        port=port,
        ready="/health",
        log=folder.root / "serving" / "ui.log",
        cwd=folder.root,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    """Without the runner of jobs: it serves features that call models of other companies."""
    ours = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    return {name: value for name, value in os.environ.items() if name != URI} | ours
