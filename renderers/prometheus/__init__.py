"""Prometheus: what is scraped, what is promised (SLOs), and who is told when it is not kept.

Objects of the Prometheus operator, derived from the plan's services and pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = (
    "PodMonitor.monitoring.coreos.com",
    "PrometheusRule.monitoring.coreos.com",
)


def applies(plan: Plan) -> bool:
    return bool(plan.services) or plan.pipeline is not None


def render(plan: Plan) -> Iterator[Manifest]:
    """A PodMonitor a service, a PrometheusRule a service with an SLO, and one for the pipeline."""
    from .objects import prometheus_rule
    from .pipeline_rules import pipeline_groups
    from .scraping import pod_monitor
    from .service_rules import service_groups

    for service in plan.services:
        yield pod_monitor(plan, service)
        if groups := service_groups(plan, service):
            yield prometheus_rule(plan, name=service.name, suffix="slo", groups=groups)
    if plan.pipeline:
        groups = pipeline_groups(plan, plan.pipeline)
        yield prometheus_rule(plan, name=plan.pipeline.name, suffix="pipeline", groups=groups)
