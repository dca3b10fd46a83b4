"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.rbac import render

from mlspec.plan.model import Identity, Subject, Use
from tests.plans import wine_plan

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan

AWS = "arn:aws:iam::123456789012:role/wine-quality"
GOOGLE = "wine@acme-ml.iam.gserviceaccount.com"
AZURE = "6c1b3f5e-2f0a-4d0c-9a3e-1f6f5b2c7d8e"


def identity_plan(**fields: Any) -> Plan:
    """The example with one identity, `wine-quality-robot`."""
    identity = {"name": "wine-quality-robot", "kind": "role", "owner": "robot", **fields}
    return wine_plan(identities=(Identity(**identity),))


CASES: dict[str, Plan] = {
    "pull-secret": wine_plan(platform=wine_plan().platform.replace(pull_secret="ghcr-pull")),
    "example": wine_plan(),
    "clouds": identity_plan(
        kind="pipeline", owner="wine-quality", workload_identities=(GOOGLE, AZURE, AWS)
    ),
    "operator": identity_plan(
        uses=(
            Use(action="view-pipeline", names=("wine-quality",)),
            Use(action="view-runs"),
            Use(action="view-services", names=("wine-scores", "wine-api")),
            Use(action="view-events"),
            Use(action="stop-runs"),
        ),
        subjects=(
            Subject(kind="user", name="ana@example.com"),
            Subject(kind="group", name="on-call"),
            Subject(kind="service-account", name="ci", namespace="build"),
            Subject(kind="service-account", name="local"),
        ),
    ),
    "no-uses": identity_plan(kind="service", owner="wine-api"),
    "nothing-named": identity_plan(
        uses=(Use(action="view-pipeline"), Use(action="view-services")),
        subjects=(Subject(kind="group", name="ds"),),
    ),
}


def bodies(plan: Plan, kind: str = "") -> list[dict[str, Any]]:
    return [m.body for m in render(plan) if kind in ("", m.kind)]


def rules_of(plan: Plan) -> list[dict[str, Any]]:
    return [rule for role in bodies(plan, "Role") for rule in role["rules"]]
