"""Quota: what the project's namespace may ask of the cluster, and what a container that asks for
nothing gets.

Objects of Kubernetes itself, derived from the plan's quota.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = ("ResourceQuota", "LimitRange")


def applies(plan: Plan) -> bool:
    return plan.quota is not None


def render(plan: Plan) -> Iterator[Manifest]:
    """The two belong together: a quota alone refuses every container that does not ask."""
    from .objects import limit_range, resource_quota

    if plan.quota is not None:
        yield resource_quota(plan, plan.quota)
        yield limit_range(plan, plan.quota)
