"""The labels that every object of ours carries.

https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.names import shorten

if TYPE_CHECKING:
    from mlspec.plan.model import Plan

MANAGED_BY = "mlspec"


def common_labels(plan: Plan, *, name: str, component: str) -> dict[str, str]:
    """Labels of an object that belongs to `name` (a service, the pipeline, a role)."""
    labels = selector_labels(plan, name=name, component=component)
    labels["app.kubernetes.io/instance"] = shorten(f"{plan.project}-{plan.environment}")
    labels["app.kubernetes.io/managed-by"] = MANAGED_BY
    labels["mlspec.io/environment"] = plan.environment
    labels["mlspec.io/team"] = plan.team
    return labels


def selector_labels(plan: Plan, *, name: str, component: str) -> dict[str, str]:
    """The part of the labels that selectors match: it must never change while an object lives."""
    return {
        "app.kubernetes.io/name": shorten(name),
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": plan.project,
    }
