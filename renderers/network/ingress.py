"""What may reach a workload: the gateway its predictions, Prometheus its metrics, nobody else.

Probes need no rule: a pod's own node always reaches it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .selectors import pods_in, tcp

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan, Workload

# The executor, the proxy in each model server's pod: SeldonIO/seldon-core (1.17, 1.18),
# operator/controllers/seldondeployment_engine.go, `createExecutorContainer`: ports `http` and
# `metrics` are both 8000, `grpc` is 5001. The model server itself is reached by the executor only,
# within the pod.
GATEWAY_PORTS = {"http": 8000, "grpc": 5001}
METRICS_PORT = 8000

# The operator's label of the pods that scrape: prometheus-operator,
# pkg/prometheus/server/statefulset.go and pkg/prometheus/agent/statefulset.go.
_SCRAPERS = ("prometheus", "prometheus-agent")


def ingress_rules(plan: Plan, workload: Workload) -> list[dict[str, Any]]:
    rules = []
    if workload.from_gateway:
        ports = tcp(*(GATEWAY_PORTS[protocol] for protocol in workload.from_gateway))
        rules.append({"from": [_gateway(plan)], "ports": ports})
    if workload.serves:
        rules.append({"from": [_scrapers(plan)], "ports": tcp(METRICS_PORT)})
    return rules


def _scrapers(plan: Plan) -> dict[str, Any]:
    one_of = {"key": "app.kubernetes.io/name", "operator": "In", "values": list(_SCRAPERS)}
    return pods_in(plan.platform.monitoring_namespace, {"matchExpressions": [one_of]})


def _gateway(plan: Plan) -> dict[str, Any]:
    labels = plan.platform.gateway_labels
    return pods_in(
        plan.platform.gateway_namespace, {"matchLabels": dict(labels)} if labels else None
    )
