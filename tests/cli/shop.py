"""A repository with a project in production, as `lock`, `promote` and `rollback` find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.samples import write
from tests.gitops.registered import Registered
from tests.gitops.repositories import Repo

if TYPE_CHECKING:
    from tests.cli.conftest import Run

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
    evaluate:
      run: python evaluate.py ${{ inputs.model }} ${{ inputs.raw }} ${{ metrics }}
      metrics: [f1]
registry: {type: mlflow, models: {grader: {gates: {f1: {min: 0.8, no_worse_than: champion}}}}}
serving:
  api: {model: grader}
environments:
  dev: {serving: {api: {alias: challenger}}}
  staging: {serving: {api: {alias: challenger}}}
  prod: {}
"""

PLATFORM = """\
apiVersion: mlspec.io/v1alpha1
kind: Platform
metadata: {name: acme}
artifacts: {type: s3, uri: "s3://artifacts/projects", model_secret: models}
mlflow: {uri: "http://mlflow.invalid:5000"}
runtime: {image: "ghcr.io/mlspec/mlspec-runtime:0.1.0"}
argo_cd: {repository: "https://github.com/acme/ml.git"}
environments:
  dev: {}
  staging: {}
  prod: {protected: true}
"""

CANARY = (
    "  prod: {serving: {api: {rollout: {strategy: canary, candidate: challenger, weight: 10}}}}\n"
)
IMAGES = ("ghcr.io/acme/wine:1.0.0", "ghcr.io/mlspec/mlspec-runtime:0.1.0")
DIGESTS = {image: f"sha256:{number:064x}" for number, image in enumerate(IMAGES, start=1)}
BY_HAND = tuple(word for pair in DIGESTS.items() for word in ("--image", "=".join(pair)))
PROD, STAGING = "wine.prod.grader", "wine.staging.grader"


class Shop:
    """The working folder is that of the repository."""

    def __init__(self, run: Run, repo: Repo, mlflow: Registered) -> None:
        self.run, self.repo, self.mlflow = run, repo, mlflow
        self.lock_file = repo.root / "wine" / "mlspec.lock"
        self.project_file = repo.root / "wine" / "project.yaml"

    @property
    def lock(self) -> str:
        return self.lock_file.read_text(encoding="utf-8")

    def served(self) -> str:
        file = self.repo.root / "generated/wine/prod/seldon/seldondeployment-api.yaml"
        return file.read_text(encoding="utf-8")

    def open(self, project: str = PROJECT) -> None:
        """Version 1 is the champion, and all is locked, rendered and committed."""
        write(self.repo.root, {"wine/project.yaml": project, "platform.yaml": PLATFORM})
        self.mlflow.version(PROD, "champion", "challenger")
        self.run("lock", *BY_HAND, code=0)
        self.run("render", code=0)
        self.repo.commit("Bring wine to production")


def registered_version(lock: str) -> str:
    return lock.partition("champion:")[2].partition('version: "')[2].partition('"')[0]
