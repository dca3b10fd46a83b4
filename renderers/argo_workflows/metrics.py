"""Metrics that Argo's controller shows of runs and of what steps report.

It prefixes the names with `argo_workflows_` (the namespace given to metrics.New in
workflow/controller/controller.go) and forgets the values when it restarts. Counters are exposed
with the type of a gauge (Float64ObservableUpDownCounter in workflow/metrics/metrics_custom.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.plan.metrics import LAST_SUCCESS, RUNS_TOTAL

from .text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.plan.model import Gauge, Pipeline, Plan


def run_metrics(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    """Of the whole run. A run counts as of its creation: Argo offers no time of its end."""
    labels = {
        "project": plan.project,
        "environment": plan.environment,
        "pipeline": pipeline.name,
    }
    runs = {
        "name": RUNS_TOTAL,
        "help": "Ended runs of a pipeline by status",
        "labels": _labels({**labels, "status": "{{workflow.status}}"}),
        "counter": {"value": "1"},
    }
    last_success = {
        "name": LAST_SUCCESS,
        "help": "Unix time at which the newest successful run of a pipeline was created",
        "labels": _labels(labels),
        "when": "{{workflow.status}} == Succeeded",
        "gauge": {"realtime": False, "value": "{{workflow.creationTimestamp.s}}"},
    }
    return {"prometheus": [runs, last_success]}


def step_metrics(gauges: tuple[Gauge, ...]) -> dict[str, Any]:
    return {"prometheus": [_gauge(gauge) for gauge in gauges]}


def _gauge(gauge: Gauge) -> dict[str, Any]:
    labels = {name: plain(value) for name, value in gauge.labels.items()}
    return {
        "name": gauge.name,
        "help": plain(gauge.help),
        "labels": _labels(labels),
        "when": "{{status}} == Succeeded",
        "gauge": {"realtime": False, "value": f"{{{{outputs.parameters.{gauge.output}}}}}"},
    }


def _labels(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in labels.items()]
