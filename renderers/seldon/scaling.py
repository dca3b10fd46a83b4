"""How many pods a predictor has, and where they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Replicas

_SPREAD_OVER = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")


def autoscaler(replicas: Replicas) -> dict[str, Any]:
    """The `hpaSpec`. `metricsv2` is what the operator gives to autoscaling/v2; `metrics` is in the
    form of v2beta1, which Kubernetes no longer serves
    (https://github.com/SeldonIO/seldon-core/issues/4339).
    """
    spec: dict[str, Any] = {"minReplicas": replicas.min, "maxReplicas": replicas.max}
    targets = {"cpu": replicas.target_cpu, "memory": replicas.target_memory}
    metrics = [_utilisation(name, target) for name, target in targets.items() if target]
    return {**spec, "metricsv2": metrics} if metrics else spec


def _utilisation(resource: str, target: int) -> dict[str, Any]:
    return {
        "type": "Resource",
        "resource": {
            "name": resource,
            "target": {"type": "Utilization", "averageUtilization": target},
        },
    }


def spread(labels: dict[str, str]) -> list[dict[str, Any]]:
    """Pods apart from each other, where the cluster has room for it."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in _SPREAD_OVER
    ]
