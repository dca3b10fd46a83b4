"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.network import render

from mlspec.plan.model import Endpoint, Workload
from tests.plans import wine_plan

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan


def to(host: str, port: int = 5432, namespace: str = "") -> Endpoint:
    return Endpoint(name="somewhere", host=host, port=port, namespace=namespace)


def reaching(*endpoints: Endpoint, **fields: Any) -> Plan:
    """The example with one workload, the pipeline, that reaches just these."""
    workload = {"name": "wine-quality", "component": "pipeline", "reaches": endpoints, **fields}
    return wine_plan(workloads=(Workload(**workload),))


CASES: dict[str, Plan] = {
    "example": wine_plan(),
    "outside": reaching(
        to("storage.googleapis.com", 443),
        to("warehouse.example.com"),
        to("10.20.30.40"),
        to("169.254.169.252", 988),
        to("fd00::5"),
    ),
    "mapped-ports": reaching(
        to("mlflow.mlops.svc", 80, "mlops"),
        to("feast.mlops.svc", 6566, "mlops"),
        to("kafka.streams.svc", 9092, "streams"),
        to("registry.streams.svc", 8081, "streams"),
    ),
    "reaches-nothing": reaching(),
    "seldon-s-own-routes": reaching(serves=True, from_gateway=("http", "grpc")),
    "gateway-without-labels": wine_plan(
        platform=wine_plan().platform.replace(gateway_labels={}),
    ),
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]


def egress_of(plan: Plan) -> list[dict[str, Any]]:
    """The rules of the first workload, without the one for DNS."""
    rules: list[dict[str, Any]] = bodies(plan)[1]["spec"]["egress"]
    return rules[1:]
