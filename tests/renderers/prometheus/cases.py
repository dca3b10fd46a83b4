"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.prometheus import render

from mlspec.plan.model import LatencyObjective, Predictor, Replicas, Slo
from tests.plans import wine_pipeline, wine_plan, wine_service

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan


def slo_plan(availability: str = "", **latency: int) -> Plan:
    """The example with another SLO: `slo_plan("99.9", p95=250)`."""
    objectives = tuple(
        LatencyObjective(percentile=key[1:].replace("_", "."), threshold_ms=threshold)
        for key, threshold in latency.items()
    )
    slo = Slo(availability=availability, latency=objectives)
    return wine_plan(services=(wine_service(slo=slo),))


def _predictors(*shadows: str) -> tuple[Predictor, ...]:
    main, candidate = wine_service().predictors
    fixed = Replicas(min=1, max=1)
    return (
        main.replace(traffic=100),
        *(candidate.replace(name=n, role="shadow", shadow=True, replicas=fixed) for n in shadows),
    )


CASES: dict[str, Plan] = {
    "example": wine_plan(),
    "shadow": wine_plan(services=(wine_service(predictors=_predictors("challenger", "next")),)),
    "strict": slo_plan("99.9"),
    "between-buckets": slo_plan(p99=300),
    "whole-second": slo_plan(p99=1000),
    "below-buckets": slo_plan(p90=2),
    "beyond-buckets": slo_plan(p99_9=30000),
    "unscheduled": wine_plan(services=(), pipeline=wine_pipeline(schedule=None)),
    "no-pipeline": wine_plan(pipeline=None),
    "no-slo": wine_plan(pipeline=None, services=(wine_service(slo=None),)),
    "empty-slo": wine_plan(pipeline=None, services=(wine_service(slo=Slo()),)),
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]


def groups_of(plan: Plan) -> list[dict[str, Any]]:
    """The rule groups of all PrometheusRules, as one rule file would hold them."""
    rules = [body for body in bodies(plan) if body["kind"] == "PrometheusRule"]
    return [group for body in rules for group in body["spec"]["groups"]]


def alerts_of(plan: Plan, name: str = "") -> list[dict[str, Any]]:
    rules = [rule for group in groups_of(plan) for rule in group["rules"] if "alert" in rule]
    return [rule for rule in rules if name in ("", rule["alert"])]


def records_of(plan: Plan) -> dict[str, dict[str, Any]]:
    """Recording rules by name, for plans in which each name occurs once."""
    rules = [rule for group in groups_of(plan) for rule in group["rules"] if "record" in rule]
    return {rule["record"]: rule for rule in rules}
