"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.gateway_api import render

from mlspec.plan.model import Exposure, Gateway, Predictor, Replicas
from tests.plans import wine_plan, wine_service

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan


def exposed(*predictors: Predictor, path: str = "/", timeout_ms: int = 30_000, **more: Any) -> Plan:
    exposure = Exposure(host="wine.example.com", path=path, timeout_ms=timeout_ms)
    fields = {"predictors": predictors} if predictors else {}
    return wine_plan(services=(wine_service(expose=exposure, **fields, **more),))


def behind(name: str, traffic: int, *, shadow: bool = False) -> Predictor:
    return Predictor(
        name=name,
        role="shadow" if shadow else "variant",
        alias=name,
        model_uri=f"s3://cellar-models/{name}",
        traffic=traffic,
        shadow=shadow,
        replicas=Replicas(min=1, max=1),
    )


def at_gateway(gateway: Gateway | None) -> Plan:
    return wine_plan(platform=wine_plan().platform.replace(gateway=gateway))


CASES: dict[str, Plan] = {
    "example": wine_plan(),
    "shadow": exposed(behind("champion", 100), behind("challenger", 100, shadow=True)),
    "half-a-shadow": exposed(behind("champion", 100), behind("next", 50, shadow=True)),
    "path": exposed(
        behind("a", 100), behind("b", 0), behind("c", 100, shadow=True), path="/wines/red"
    ),
    "all-listeners": at_gateway(Gateway(name="public", namespace="gateways")),
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]


def rule(plan: Plan) -> dict[str, Any]:
    """The only rule of the only route."""
    [body] = bodies(plan)
    [found] = body["spec"]["rules"]
    return dict(found)
