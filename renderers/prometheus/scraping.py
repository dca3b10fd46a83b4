"""The PodMonitor of a service: Prometheus reads the executor in each of its pods.

Why pods: a ServiceMonitor puts the Kubernetes Service into the label `service`, where the executor
says what was called, and that label would become `exported_service`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import selector_labels

from .objects import monitoring_object

if TYPE_CHECKING:
    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan, Service

# SeldonIO/seldon-core, operator/controllers/seldondeployment_engine.go (EngineContainerName,
# getPrometheusPath) and operator/constants/constants.go (DefaultMetricsPortName). The port is
# 8000, under the names `http` and `metrics`.
_EXECUTOR = "seldon-container-engine"
_PORT = "metrics"
_PATH = "/prometheus"


def pod_monitor(plan: Plan, service: Service) -> Manifest:
    """One target a pod. Seldon declares a port `metrics` on model containers as well (webhook,
    addMetricsPortAndIncrement), on which TensorFlow Serving for one does not listen: a target that
    is down for ever. So the executor alone is kept; what MLServer reports is on a port that Seldon
    does not declare.
    """
    endpoint = {
        "port": _PORT,
        "path": _PATH,
        "interval": "30s",
        "relabelings": [
            {
                "action": "keep",
                "sourceLabels": ["__meta_kubernetes_pod_container_name"],
                "regex": _EXECUTOR,
            }
        ],
    }
    labels = selector_labels(plan, name=service.name, component="model-server")
    return monitoring_object(
        plan,
        kind="PodMonitor",
        name=service.name,
        owner=service.name,
        spec={"selector": {"matchLabels": labels}, "podMetricsEndpoints": [endpoint]},
    )


def scrape_job(plan: Plan, service: Service) -> str:
    """The label `job` of the targets: namespace and name of the PodMonitor, says its CRD."""
    return f"{plan.namespace}/{service.name}"
