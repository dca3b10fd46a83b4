"""A project with a canary, versions of its model in a real MLflow, and servers to stand in."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from mlspec.local.folder import Folder

PROJECT = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {name: wine, team: cellar}
image: ghcr.io/acme/wine:1.0.0
data:
  sources:
    raw: {type: s3, uri: "s3://cellar/raw.csv", format: csv, credentials: {secret: s3}}
training:
  grader:
    run: python train.py ${{ inputs.raw }} ${{ outputs.model }}
    inputs: [raw]
registry: {type: mlflow, models: {grader: {alias: challenger}}}
serving:
  api:
    model: grader
    rollout: {strategy: canary, candidate: challenger, weight: 25}
monitoring:
  api: {slo: {availability: 99.5%, latency: {p95: 250ms, p99: 1s}}}
environments:
  local: {data: {sources: {raw: {type: file, uri: raw.csv, credentials: null}}}}
"""
Reply: TypeAlias = tuple[int, Any]
"""Status and content."""

REGISTERED = "wine.local.grader"
COLUMNS = ("alcohol", "proline")


def make_model(folder: Path, answer: int) -> None:
    """A real MLflow model of two columns that answers the same to everything."""
    sklearn = pytest.importorskip("sklearn.dummy", reason="needs scikit-learn")
    flavour = pytest.importorskip("mlflow.sklearn", reason="needs mlflow")
    import pandas as pd
    from mlflow.models import infer_signature

    rows = pd.DataFrame({"alcohol": [12.5, 13.5], "proline": [700, 900]})
    model = sklearn.DummyClassifier(strategy="constant", constant=answer).fit(rows, [answer] * 2)
    flavour.save_model(
        model,
        str(folder),
        signature=infer_signature(rows, model.predict(rows)),
        input_example=rows,
        pip_requirements=["scikit-learn"],
        serialization_format="cloudpickle",
    )


def make_project(root: Path) -> Folder:
    root.mkdir(parents=True, exist_ok=True)
    (root / "project.yaml").write_text(PROJECT, encoding="utf-8")
    folder = Folder(root)
    folder.prepare()
    return folder


class Registry:
    """The project's own MLflow, and models to register in it: version N answers N."""

    def __init__(self, folder: Folder, models: Path, empty: Path) -> None:
        import mlflow

        shutil.copy(empty, folder.database)
        uri = f"sqlite:///{folder.database}"
        self.client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
        self.client.create_registered_model(REGISTERED)
        self._models = models

    def register(self, *aliases: str) -> None:
        found = self.client.search_model_versions(f"name = '{REGISTERED}'")
        source = (self._models / str(len(found) + 1)).as_uri()
        version = self.client.create_model_version(REGISTERED, source=source)
        for alias in aliases:
            self.client.set_registered_model_alias(REGISTERED, alias, version.version)


def made_once(scratch: Path) -> tuple[Path, Path]:
    """The models 1 and 2, and a database with MLflow's tables: the slow part."""
    import mlflow

    for answer in (1, 2):
        make_model(scratch / str(answer), answer)
    database = scratch / "mlflow.db"
    mlflow.MlflowClient(tracking_uri=f"sqlite:///{database}").search_experiments()
    return scratch, database


@contextmanager
def standing_in(
    look_up: Callable[[str], Reply | None], otherwise: Reply
) -> Iterator[tuple[int, list[str]]]:
    """An HTTP server for a model server, where what is tested stands before it. `look_up` gives the
    reply to `METHOD PATH`. Yields its port, and the requests that it has had."""
    had: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            had.append(f"{self.command} {self.path}")
            code, answer = look_up(had[-1]) or otherwise
            body = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1], had
        finally:
            server.shutdown()
            thread.join()


def saying(what: str, code: int = 200) -> AbstractContextManager[tuple[int, list[str]]]:
    """A server that stands in and has one answer for all."""
    return standing_in({}.get, (code, {"said": what}))


def plain_environment() -> dict[str, str]:
    """For processes: without what the developer has set for their own."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("MLSPEC_", "MLFLOW_"))}
