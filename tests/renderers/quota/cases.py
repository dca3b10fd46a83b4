"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.quota import render

from mlspec.plan.model import Quota, Resources
from tests.plans import wine_plan

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan

DEFAULT = Resources(cpu="500m", memory="1Gi", gpu=1)


def limited(**amounts: Any) -> Plan:
    """The example under a quota of these amounts; a container that does not ask would get a GPU, if
    it were for the platform's defaults."""
    return wine_plan(quota=Quota(default=DEFAULT, **amounts))


CASES: dict[str, Plan] = {
    "example": wine_plan(),
    "no-gpu": limited(cpu="8", memory="32Gi", gpu=0),
    "cpu-alone": limited(cpu="500m"),
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]
