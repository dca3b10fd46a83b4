"""The whole way of a model through Git: from a new project to production and back.

A real Git repository, a real MLflow server on SQLite, and `mlspec` as a user calls it. Only the
container registry cannot be here: digests are given by hand, as where nobody has access to it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.long_running import LongRunning
from tests.gitops.repositories import QUIET, Repo

pytestmark = [
    pytest.mark.skipif(
        find_spec("mlflow") is None or find_spec("flask") is None, reason="needs all of mlflow"
    ),
    *(
        pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
        for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
    ),
]

PLATFORM = """\
apiVersion: mlspec.io/v1alpha1
kind: Platform
metadata: {name: acme}
artifacts: {type: s3, uri: "s3://artifacts/projects", model_secret: models}
mlflow: {uri: "http://mlflow.mlops.svc:5000", artifacts: "s3://mlflow/artifacts"}
runtime: {image: "ghcr.io/mlspec/mlspec-runtime:0.1.0"}
argo_cd: {repository: "https://github.com/acme/ml.git"}
environments:
  dev: {}
  prod: {protected: true}
"""

MODEL = "wine.prod.classifier"
IMAGES = ("ghcr.io/example/wine:0.1.0", "ghcr.io/mlspec/mlspec-runtime:0.1.0")
DIGESTS = {image: f"sha256:{number:064x}" for number, image in enumerate(IMAGES, start=1)}


class MlflowServer(LongRunning):
    """`mlflow server`, which keeps artifacts itself, as most organisations have it."""

    program = (sys.executable, "-m", "mlflow")


class Person:
    """Somebody at a shell in a clone, with an MLflow to talk to."""

    def __init__(self, repo: Repo, mlflow: str) -> None:
        self.repo, self.mlflow = repo, mlflow
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MLSPEC_", "MLFLOW_"))}
        self.environ = {**clean, **QUIET, "MLFLOW_TRACKING_URI": mlflow}

    def mlspec(self, *words: object, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "mlspec", *map(str, words)],
            cwd=self.repo.root,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def pipeline_registers(self, folder: Path, run: str, f1: float) -> None:
        """The last step of a pipeline run in prod, as the rendered manifests call it."""
        model = folder / run
        model.mkdir()
        (model / "MLmodel").write_text(f"flavors: {{}}\nrun: {run}\n", encoding="utf-8")
        (folder / "metrics.json").write_text(json.dumps({"f1_macro": f1}), encoding="utf-8")
        gates = {"f1_macro": {"min": 0.8}}
        subprocess.run(
            [
                *(sys.executable, "-m", "mlspec.runtime", "register", "--model", str(model)),
                *("--metrics", str(folder / "metrics.json"), "--name", MODEL),
                *("--alias", "challenger", "--gates", json.dumps(gates)),
            ],
            env={
                **self.environ,
                "MLSPEC_RUN": run,
                "MLSPEC_PROJECT": "wine",
                "MLSPEC_ENVIRONMENT": "prod",
                "MLFLOW_EXPERIMENT_NAME": "wine-prod",
            },
            check=True,
            capture_output=True,
        )


@pytest.fixture
def mlflow(tmp_path: Path) -> Iterator[str]:
    place = tmp_path / "mlflow"
    place.mkdir()
    words = (
        *("server", "--host", "127.0.0.1", "--port", "0", "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{place}/mlflow.db"),
        *("--artifacts-destination", str(place / "artifacts")),
    )
    with MlflowServer(place, *words) as server:
        yield server.until(r"running on (http://127\.0\.0\.1:\d+)")[1]


def test_from_init_to_production_and_back(tmp_path: Path, mlflow: str) -> None:
    from mlflow import MlflowClient

    repo = Repo.make(tmp_path / "ml")
    ana = Person(repo, mlflow)
    registry = MlflowClient(tracking_uri=mlflow, registry_uri=mlflow)
    spec = repo.root / "wine" / "project.yaml"
    served = repo.root / "generated/wine/prod/seldon/seldondeployment-classifier-api.yaml"

    # A new project, rendered and committed.
    (repo.root / "platform.yaml").write_text(PLATFORM, encoding="utf-8")
    ana.mlspec("init", "wine", "--team", "cellar")
    ana.mlspec("render")
    repo.commit("Start the project wine")

    # On a branch it is to go to production, which refuses what is not locked.
    repo.git("switch", "--quiet", "--create", "production")
    with spec.open("a", encoding="utf-8") as stream:
        stream.write("  prod: {serving: {classifier-api: {replicas: {min: 2, max: 4}}}}\n")
    refused = ana.mlspec("validate", code=1)
    assert "MLS403" in refused and "MLS503" in refused
    assert "run `mlspec lock --env prod`" in refused

    # A model is registered by the pipeline, somebody calls it the champion, and all is locked.
    ana.pipeline_registers(tmp_path, "first", f1=0.91)
    registry.set_registered_model_alias(MODEL, "champion", "1")
    by_hand = [word for pair in DIGESTS.items() for word in ("--image", "=".join(pair))]
    told = ana.mlspec("lock", *by_hand)
    assert "model classifier champion  version 1" in told
    assert "nothing to change" in ana.mlspec("lock", "--check", *by_hand)
    ana.mlspec("render")
    repo.commit("Bring wine to production")

    # A reviewer reads what the branch does to the cluster.
    told = ana.mlspec("diff", "main")
    assert "wine · prod" in told and "wine · dev" not in told
    assert "the service `classifier-api` is new: `champion` (version 1) gets 100 %" in told
    assert ana.mlspec("diff", "production", "--exit-code").startswith("no changes to the cluster")
    ana.mlspec("verify", "--since", "main")

    # A manifest that was edited by hand does not pass.
    ana.mlspec("verify")
    rendered = served.read_text(encoding="utf-8")
    served.write_text(rendered.replace("maxReplicas: 4", "maxReplicas: 9"), encoding="utf-8")
    assert "MLS607" in ana.mlspec("verify", code=1)
    repo.git("restore", ".")
    ana.mlspec("verify")
    repo.git("switch", "--quiet", "main")
    repo.merge("production")

    # The pipeline registers a better one, and it is promoted: a commit on a branch.
    ana.pipeline_registers(tmp_path, "second", f1=0.94)
    before, state = repo.tree, repo.state()
    promoted = ana.mlspec("promote", "classifier-api", "--to", "prod")
    branch = "promote/classifier-api-prod-v2"
    assert repo.state() == {**state, "branches": f"main production {branch}"}
    message = repo.git("log", "-1", "--format=%B", branch)
    assert message.startswith("Promote classifier-api in prod to version 2 of classifier\n")
    assert re.search(r"f1_macro +0\.91 +0\.94 +\(\+0\.03\)", message)
    assert "pass  f1_macro: expected >= 0.8, found 0.94" in message
    assert branch in promoted

    # Merged, production serves the second model, and all is as rendered.
    changed = repo.git("diff", "--name-only", f"main..{branch}").splitlines()
    assert changed == [
        "generated/wine/prod/seldon/seldondeployment-classifier-api.yaml",
        "generated/wine/provenance.json",
        "wine/mlspec.lock",
    ]
    told = ana.mlspec("diff", "main", "--head", branch)
    assert "`classifier-api` serves version 2 instead of version 1 as `champion`" in told
    repo.merge(branch)
    ana.mlspec("verify")
    version = registry.get_model_version(MODEL, "2")
    assert f"s3://mlflow/artifacts/1/{version.run_id}/artifacts/model" in served.read_text()

    # It was not better after all. Back: every byte is as it was before the promotion.
    ana.mlspec("rollback", "classifier-api", "--env", "prod")
    repo.merge("rollback/classifier-api-prod-v1")
    ana.mlspec("verify")
    assert repo.tree == before
    assert repo.git("status", "--porcelain") == ""
