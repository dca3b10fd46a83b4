"""The frame that every object of this target shares: its name, its labels, its namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest
from mlspec.plan.names import join

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan

COMPONENT = "monitoring"


def monitoring_object(
    plan: Plan, *, kind: str, name: str, owner: str, spec: dict[str, Any]
) -> Manifest:
    """An object of the operator, with the labels by which the platform's Prometheus selects it."""
    return Manifest(
        body={
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": kind,
            "metadata": {
                "name": name,
                "namespace": plan.namespace,
                "labels": {
                    **common_labels(plan, name=owner, component=COMPONENT),
                    **plan.platform.monitoring_labels,
                },
            },
            "spec": spec,
        }
    )


def prometheus_rule(
    plan: Plan, *, name: str, suffix: str, groups: list[dict[str, Any]]
) -> Manifest:
    """The rules of `name`, a service or the pipeline. `suffix` keeps the two apart."""
    return monitoring_object(
        plan, kind="PrometheusRule", name=join(name, suffix), owner=name, spec={"groups": groups}
    )
