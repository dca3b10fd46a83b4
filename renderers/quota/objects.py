"""The ResourceQuota and the LimitRange.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest
from mlspec.manifests.pods import GPU_RESOURCE

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan, Quota

COMPONENT = "quota"


def resource_quota(plan: Plan, quota: Quota) -> Manifest:
    """Requests alone: they are what is set aside on a node, and what the spec's resources are. Our
    own containers have limits of the same size; those of others (a mesh's proxy, Seldon's
    downloader) have larger ones, which would be counted for the most of their lives in vain."""
    hard: dict[str, Any] = {}
    if quota.cpu:
        hard["requests.cpu"] = quota.cpu
    if quota.memory:
        hard["requests.memory"] = quota.memory
    if quota.gpu is not None:
        hard[f"requests.{GPU_RESOURCE}"] = str(quota.gpu)
    return _object(plan, "ResourceQuota", {"hard": hard})


def limit_range(plan: Plan, quota: Quota) -> Manifest:
    """No GPU: a default would give one to every container."""
    amounts = {"cpu": quota.default.cpu, "memory": quota.default.memory}
    return _object(
        plan,
        "LimitRange",
        {
            "limits": [
                {"type": "Container", "default": {**amounts}, "defaultRequest": {**amounts}},
            ]
        },
    )


def _object(plan: Plan, kind: str, spec: dict[str, Any]) -> Manifest:
    return Manifest(
        body={
            "apiVersion": "v1",
            "kind": kind,
            "metadata": {
                "name": plan.project,
                "namespace": plan.namespace,
                "labels": common_labels(plan, name=plan.project, component=COMPONENT),
            },
            "spec": spec,
        }
    )
