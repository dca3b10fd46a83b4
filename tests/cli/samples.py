"""Files that the tests of the commands write: a small project, its platform, and a renderer."""

from __future__ import annotations

from pathlib import Path

PROJECT = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {name: wine, team: cellar}
image: ghcr.io/acme/wine:1.0.0
data:
  sources:
    raw: {type: s3, uri: "s3://cellar/raw.csv", format: csv, credentials: {secret: s3}}
transforms:
  clean:
    run: python -m wine.clean --in ${{ inputs.raw }} --out ${{ outputs.tidy }}
    inputs: [raw]
    outputs: [tidy]
environments:
  local: {data: {sources: {raw: {type: file, uri: data/raw.csv, credentials: null}}}}
  dev: {}
  staging: {image: "ghcr.io/acme/wine:2.0.0"}
"""

PLATFORM = """\
apiVersion: mlspec.io/v1alpha1
kind: Platform
metadata: {name: acme}
artifacts: {type: s3, uri: "s3://artifacts/projects", credentials: {secret: artifacts}}
mlflow: {uri: "http://mlflow.mlops.svc:5000"}
runtime: {image: "ghcr.io/mlspec/mlspec-runtime:0.1.0"}
argo_cd: {repository: "https://git.example.com/ml.git"}
environments:
  dev: {}
  staging: {}
  prod: {protected: true}
renderers: {folders: [targets]}
"""

RENDERER = """\
from mlspec.manifests.manifest import Manifest

KINDS = ("ConfigMap",)


def applies(plan):
    return True


def render(plan):
    for step in plan.pipeline.steps:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": step.name}}
        yield Manifest(body={**body, "data": {"image": step.image}})
"""

SCHEMA = """\
{"type": "object", "properties": {"data": {"additionalProperties": {"type": "string"}}}}
"""


def write(folder: Path, files: dict[str, str]) -> None:
    """Path → text, below `folder`."""
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def renderer(name: str, text: str = RENDERER, folder: str = "targets") -> dict[str, str]:
    """The files of a drop-in renderer, with a schema for what it emits."""
    return {
        f"{folder}/{name}/__init__.py": text,
        f"{folder}/{name}/schemas/core/configmap_v1.json": SCHEMA,
    }


def tree(folder: Path) -> dict[str, bytes]:
    """What a folder holds."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
