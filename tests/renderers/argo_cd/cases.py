"""The plans that this target is tried on, and what the other targets made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.renderers.argo_cd import render_last

from mlspec.manifests.manifest import Manifest
from tests.plans import wine_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.plan.model import Plan

KINDS_OF_OTHERS = (
    ("v1", "ServiceAccount"),
    ("v1", "Secret"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("argoproj.io/v1alpha1", "WorkflowTemplate"),
    ("argoproj.io/v1alpha1", "CronWorkflow"),
    ("machinelearning.seldon.io/v1", "SeldonDeployment"),
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("monitoring.coreos.com/v1", "PrometheusRule"),
)


def other(api_version: str, kind: str, name: str = "wine", **metadata: Any) -> Manifest:
    return Manifest(
        body={
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {"name": name, "namespace": "wine-quality-prod", **metadata},
        }
    )


OTHERS = [other(*kind) for kind in KINDS_OF_OTHERS]

ALLOWED = tuple(
    f"{kind}.{group}" if group else kind
    for group, kind in ((api.rpartition("/")[0], kind) for api, kind in KINDS_OF_OTHERS)
)
"""The kinds that the others may emit."""


def changed_delivery(**changes: Any) -> Plan:
    return wine_plan(delivery=wine_plan().delivery.replace(**changes))


CASES: dict[str, Plan] = {
    "example": wine_plan(),
    "unprotected": wine_plan(environment="dev", namespace="wine-quality-dev", protected=False),
    "by-hand": changed_delivery(automated=False),
    "remote-cluster": changed_delivery(
        server="https://prod.example.com:6443", argo_cd_namespace="gitops"
    ),
    "no-description": wine_plan(description=""),
}


def both(plan: Plan, kinds: Iterable[str] = ALLOWED) -> tuple[dict[str, Any], dict[str, Any]]:
    """The bodies of the AppProject and the Application."""
    project, application = (manifest.body for manifest in render_last(plan, OTHERS, kinds))
    return project, application
