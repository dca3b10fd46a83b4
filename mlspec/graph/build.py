"""A plan → the graph of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph import steps, usage
from mlspec.graph.model import Cluster, Graph

if TYPE_CHECKING:
    from mlspec.graph.model import Edge, Node
    from mlspec.plan.model import Plan


def graph_of(plan: Plan) -> Graph:
    nodes: list[Node] = []
    edges: list[Edge] = []
    for part in (steps.pipeline_part(plan), usage.usage_part(plan)):
        nodes += part[0]
        edges += part[1]
    used = {node.cluster for node in nodes}
    return Graph(
        title=f"{plan.project} · {plan.environment}",
        description=plan.description,
        clusters=tuple(each for each in _clusters(plan) if each.name in used),
        nodes=tuple(nodes),
        edges=tuple(edges),
    )


def _clusters(plan: Plan) -> tuple[Cluster, ...]:
    return (
        Cluster(name="data", title="Data"),
        Cluster(name="pipeline", title="Pipeline", note=_timing(plan)),
        Cluster(name="registry", title="Registry"),
        Cluster(name="serving", title="Serving"),
        Cluster(name="monitoring", title="Monitoring"),
    )


def _timing(plan: Plan) -> str:
    schedule = plan.pipeline.schedule if plan.pipeline else None
    return f"{schedule.cron} {schedule.timezone}" if schedule else "started by hand"
