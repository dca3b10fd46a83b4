"""Network: nothing talks to anything, except who must, to whom it must.

NetworkPolicies of Kubernetes itself, derived from the plan's workloads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = ("NetworkPolicy.networking.k8s.io",)


def applies(plan: Plan) -> bool:
    return bool(plan.workloads)


def render(plan: Plan) -> Iterator[Manifest]:
    """One policy that denies all to the project's pods, and one a workload that allows."""
    from .policies import default_deny, workload_policy

    if plan.workloads:
        yield default_deny(plan)
    for workload in plan.workloads:
        yield workload_policy(plan, workload)
