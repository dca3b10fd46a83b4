"""Seldon Core v1: the models that answer requests, one SeldonDeployment a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = (
    "SeldonDeployment.machinelearning.seldon.io",
    "PodDisruptionBudget.policy",
)


def applies(plan: Plan) -> bool:
    return bool(plan.services)


def render(plan: Plan) -> Iterator[Manifest]:
    """Each service, then the disruption budgets of its predictors."""
    from .deployment import seldon_deployment
    from .disruption import disruption_budgets

    callers = {identity.name for identity in plan.identities if identity.uses}
    for service in plan.services:
        yield seldon_deployment(plan, service, calls_kubernetes=service.identity in callers)
        yield from disruption_budgets(plan, service)
