"""A monorepo of varied projects, the same at every run.

    python -m bench.monorepo FOLDER --projects N --environments 1|2 [--small]

Writes FOLDER/platform.yaml and FOLDER/projects/NAME/{project.yaml,mlspec.lock}. One environment is
`prod`, protected and locked; the other of two is `dev`, for which each project has an overlay.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml

from bench.projects import RUNTIME_IMAGE, generate

ENVIRONMENTS = {1: ("prod",), 2: ("dev", "prod")}


def write(folder: Path, projects: int, environments: int, *, is_small: bool = False) -> list[Path]:
    """The folders of the projects, in the order of their numbers."""
    names = ENVIRONMENTS[environments]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "platform.yaml").write_text(text_of(_platform(names)), encoding="utf-8")
    places = []
    for number in range(projects):
        made = generate(number, names, is_small=is_small)
        place = folder / "projects" / made.name
        place.mkdir(parents=True)
        (place / "project.yaml").write_text(text_of(made.project), encoding="utf-8")
        (place / "mlspec.lock").write_text(text_of(made.lock), encoding="utf-8")
        places.append(place)
    return places


def text_of(tree: dict[str, Any]) -> str:
    """As people write it: blocks outside, `{a: b}` for what is small, no alias, an empty line
    between sections."""
    short = {key: value for key, value in tree.items() if isinstance(value, str)}
    parts = [{key: value} for key, value in tree.items() if key not in short]
    return "\n".join(_dumped(part) for part in (short, *parts))


def _dumped(part: dict[str, Any]) -> str:
    block = any(isinstance(value, str) for value in part.values())
    return yaml.dump(
        part,
        Dumper=_Dumper,
        sort_keys=False,
        width=1000,
        default_flow_style=False if block else None,
    )


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _platform(names: tuple[str, ...]) -> dict[str, Any]:
    places: dict[str, Any] = {name: {} for name in names}
    places[names[-1]] = {"protected": True}
    if len(names) > 1:
        places[names[-1]]["quota"] = {"cpu": 200, "memory": "800Gi", "gpu": 8}
    return {
        "apiVersion": "mlspec.io/v1alpha1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "artifacts": {
            "type": "s3",
            "uri": "s3://mlspec-artifacts/projects",
            "endpoint": "minio.minio.svc:9000",
            "insecure": True,
            "credentials": {"secret": "mlspec-artifacts"},
            "model_secret": "mlspec-models",
        },
        "mlflow": {"uri": "http://mlflow.mlops.svc:5000"},
        "runtime": {"image": RUNTIME_IMAGE},
        "argo_workflows": {"version": "3.7"},
        "argo_cd": {"repository": "https://github.com/acme/ml.git"},
        "gateway": {
            "namespace": "istio-system",
            "labels": {"gateway.networking.k8s.io/gateway-name": "public"},
            "resource": {"name": "public", "listener": "https"},
            "domains": ["example.com"],
        },
        "monitoring": {
            "namespace": "monitoring",
            "labels": {"release": "kube-prometheus-stack"},
        },
        "environments": places,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--environments", type=int, choices=sorted(ENVIRONMENTS), default=1)
    parser.add_argument("--small", action="store_true")
    wanted = parser.parse_args()
    write(wanted.folder, wanted.projects, wanted.environments, is_small=wanted.small)


if __name__ == "__main__":
    main()
