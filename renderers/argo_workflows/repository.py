"""The artifact repository: where the outputs and logs of steps are kept between them.

A ConfigMap in the namespace of the workflow, not the controller's own configuration: each
environment has its prefix, and the platform's default is left alone.
https://argo-workflows.readthedocs.io/en/latest/artifact-repository-ref/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.labels import common_labels
from mlspec.plan.model import AzureLocation, GcsLocation

from . import yaml_text
from .locations import azure_container, gcs_bucket, s3_bucket
from .names import repository_name
from .text import plain

if TYPE_CHECKING:
    from mlspec.plan.model import ArtifactStore, Pipeline, Plan

_KEY = "default"
_RUN = "{{workflow.name}}/{{pod.name}}"
"""A folder a run, and in it one a pod: an attempt never overwrites what another one wrote."""


def repository_config_map(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": repository_name(pipeline),
            "namespace": plan.namespace,
            "labels": common_labels(plan, name=pipeline.name, component="pipeline"),
            "annotations": {"workflows.argoproj.io/default-artifact-repository": _KEY},
        },
        "data": {_KEY: yaml_text.dump(_repository(plan.platform.artifacts))},
    }


def _repository(store: ArtifactStore) -> dict[str, Any]:
    """Logs are archived: the pods, which have them too, are deleted soon after they end."""
    location, credentials = store.location, store.credentials
    if isinstance(location, GcsLocation):
        gcs = gcs_bucket(location, credentials, keyFormat=_format(location.key))
        return {"archiveLogs": True, "gcs": gcs}
    if isinstance(location, AzureLocation):
        azure = azure_container(location, credentials, blobNameFormat=_format(location.blob))
        return {"archiveLogs": True, "azure": azure}
    s3 = s3_bucket(location, credentials, keyFormat=_format(location.key))
    return {"archiveLogs": True, "s3": s3}


def _format(prefix: str) -> str:
    return "/".join(part for part in (plain(prefix).strip("/"), _RUN) if part)
