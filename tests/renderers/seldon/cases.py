"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.seldon import render

from mlspec.plan.model import Identity, Predictor, Replicas, Resources, Use
from tests.plans import wine_plan, wine_service

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan

FRAMEWORKS = ("sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "mlflow")
PROTOCOLS = ("v2", "seldon", "tensorflow")

CHAMPION, CHALLENGER = wine_service().predictors
ONE = Replicas(min=1, max=1)
BOTH_TARGETS = Replicas(min=1, max=4, target_cpu=70, target_memory=80)


def service_plan(**changes: Any) -> Plan:
    """The example with another service: `service_plan(protocol="seldon")`."""
    return wine_plan(services=(wine_service(**changes),))


def predictor_plan(*predictors: Predictor) -> Plan:
    return service_plan(predictors=predictors)


def variant(name: str, traffic: int) -> Predictor:
    return CHAMPION.replace(name=name, alias=name, role="variant", traffic=traffic, replicas=ONE)


ALONE = CHAMPION.replace(traffic=100)
SHADOW = CHALLENGER.replace(role="shadow", shadow=True, traffic=25, replicas=Replicas(min=2, max=2))
WATCHER = Identity(
    name="wine-api", kind="service", owner="wine-api", uses=(Use(action="view-services"),)
)

CASES: dict[str, Plan] = {
    "canary": wine_plan(),
    "shadow": predictor_plan(ALONE, SHADOW),
    "ab": predictor_plan(variant("red", 50), variant("white", 30), variant("rose", 20)),
    "fixed": predictor_plan(ALONE.replace(replicas=ONE)),
    "fixed-three": predictor_plan(ALONE.replace(replicas=Replicas(min=3, max=3))),
    "autoscaled": predictor_plan(ALONE.replace(replicas=BOTH_TARGETS)),
    "no-target": predictor_plan(ALONE.replace(replicas=Replicas(min=1, max=2))),
    "workload-identity": service_plan(predictors=(ALONE,), model_secret=""),
    "unlocked": predictor_plan(ALONE.replace(model_version="", replicas=ONE)),
    "gpu": service_plan(predictors=(ALONE,), resources=Resources(cpu="2", memory="8Gi", gpu=1)),
    "watching": wine_plan(identities=(WATCHER,)),
    "two-services": wine_plan(services=(wine_service(), wine_service(name="grape-api"))),
    **{
        f"protocol-{protocol}": service_plan(
            predictors=(ALONE.replace(replicas=ONE),), protocol=protocol
        )
        for protocol in PROTOCOLS
    },
    **{f"framework-{f}": service_plan(framework=f) for f in FRAMEWORKS},
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]


def deployment_of(plan: Plan) -> dict[str, Any]:
    """The first SeldonDeployment."""
    return next(body for body in bodies(plan) if body["kind"] == "SeldonDeployment")


def predictors_of(plan: Plan) -> dict[str, dict[str, Any]]:
    return {p["name"]: p for p in deployment_of(plan)["spec"]["predictors"]}


def component_of(predictor: dict[str, Any]) -> dict[str, Any]:
    component: dict[str, Any]
    (component,) = predictor["componentSpecs"]
    return component


def container_of(predictor: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any]
    (container,) = component_of(predictor)["spec"]["containers"]
    return container


def only_predictor(plan: Plan) -> dict[str, Any]:
    (predictor,) = predictors_of(plan).values()
    return predictor
