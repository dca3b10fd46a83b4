"""MLServer, which is what Seldon runs for `MLFLOW_SERVER` with the Open Inference Protocol.

seldon-core's own Python microservice cannot do it: the routes of its `wrapper.py` are those of
Seldon's older protocol, and none begins with `/v2`.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mlspec.local.files import write_json
from mlspec.local.serving.errors import MissingExtra
from mlspec.local.serving.server import HOST, free_ports

if TYPE_CHECKING:
    from pathlib import Path

    from mlspec.local.serving.server import Server, Servers

START_SECONDS = 120.0
"""For models to be loaded. On a machine with two cores the example takes six."""

_PACKAGES = ("mlserver", "mlserver_mlflow", "prometheus_client", "mlflow")


def require() -> None:
    """MissingExtra where MLServer is not installed."""
    if any(find_spec(package) is None for package in _PACKAGES):
        newer = sys.version_info >= (3, 13)  # its `Requires-Python` ends before
        raise MissingExtra("MLServer", what="mlspec serve", where="Python 3.12" if newer else "")


def start(servers: Servers, name: str, *, node: str, model: Path, folder: Path) -> Server:
    """One version in one process, as a pod of the cluster has it. `node` is the model's name in
    the protocol; settings and log are written to `folder`."""
    http, grpc, metrics = free_ports(3)
    place = folder / name / node  # MLServer wants the folder to have the model's name
    place.mkdir(parents=True, exist_ok=True)
    settings = {
        "host": HOST,
        "http_port": http,
        "grpc_port": grpc,
        "metrics_port": metrics,
        "debug": False,
        "parallel_workers": 0,  # the model in the server's own process, not in one more
        "metrics_dir": str(place),
        "environments_dir": str(place / "environments"),
    }
    model_settings = {
        "name": node,
        "implementation": "mlserver_mlflow.MLflowRuntime",
        "parameters": {"uri": str(model)},
    }
    write_json(place / "settings.json", settings)
    write_json(place / "model-settings.json", model_settings)
    return servers.start(
        f"the server of {name}",
        [sys.executable, "-c", "from mlserver.cli import main; main()", "start", str(place)],
        port=http,
        ready=f"/v2/models/{node}/ready",
        log=folder / f"{name}.log",
        cwd=place,  # its own: MLServer reads the `.env` of where it runs
        env={name: value for name, value in os.environ.items() if not name.startswith("MLSERVER_")},
    )
