"""The rules of the pipeline: did it run, did it succeed, how old is the data.

The metrics are custom metrics of the workflows. Argo's controller keeps them in memory: a series
begins with its first value, not with 0, and is gone after a restart of the controller or after
`metricsConfig.metricsTTL`. Every rule here has to hold while its series are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.metrics import DATA_TIMESTAMP, LAST_SUCCESS, RUNS_TOTAL

from .alerts import Subject, alert
from .promql import duration, indent, matcher, tall_selector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mlspec.plan.model import Freshness, Pipeline, Plan

RUN_FAILED = "MlspecPipelineRunFailed"
NOT_RUN_IN_TIME = "MlspecPipelineNotRunInTime"
REPORTS_NOTHING = "MlspecPipelineReportsNothing"
DATA_STALE = "MlspecDataStale"

# Argo Workflows, workflow/metrics/metrics.go: the exporter's namespace, before every metric's name.
# docs/metrics.md: "will be prepended with argo_workflows_".
ARGO_PREFIX = "argo_workflows_"

SLACK_SECONDS = 15 * 60
"""For what no plan knows: pods waiting for a node, the scrape, the evaluation."""

LOOK_BACK = 3
"""A vanished gauge is remembered for so many times the age that it may reach."""


def pipeline_groups(plan: Plan, pipeline: Pipeline) -> list[dict[str, Any]]:
    rules = [
        _run_failed(plan, pipeline),
        *_not_run_in_time(plan, pipeline),
        *_data_stale_rules(plan, pipeline),
    ]
    return [{"name": f"{pipeline.name}.pipeline", "interval": "1m", "rules": rules}]


def _subject(pipeline: Pipeline) -> Subject:
    return Subject(labels={"pipeline": pipeline.name}, notify=pipeline.notify)


def _origin(plan: Plan) -> tuple[str, ...]:
    return (matcher("project", plan.project), matcher("environment", plan.environment))


def _run_failed(plan: Plan, pipeline: Pipeline) -> dict[str, Any]:
    """`increase` cannot see the first failure of a series, which begins at 1: the second part does.

    Ten minutes without a scrape may pass before the second part takes an old series for a new one.
    """
    failures = tall_selector(
        ARGO_PREFIX + RUNS_TOTAL,
        *_origin(plan),
        matcher("pipeline", pipeline.name),
        matcher("status", "Failed|Error", "=~"),
    )
    grown = f"increase({failures}[30m]) > 0"
    new = f"{failures}\nunless\nlast_over_time({failures}[10m] offset 30m)"
    return alert(
        plan,
        _subject(pipeline),
        name=RUN_FAILED,
        expr=f"sum by (status) (\n{indent(grown)}\n  or (\n{indent(indent(new))}\n  )\n)",
        summary=f"A run of pipeline {pipeline.name} in {plan.environment} failed",
        description=(
            "A run ended as {{ $labels.status }} in the last 30 minutes. "
            "The alert ends by itself; the run does not repair itself."
        ),
    )


def _between_runs(pipeline: Pipeline) -> int:
    """The longest time that may pass between two successes, and 0 without a schedule."""
    if pipeline.schedule is None:
        return 0
    return pipeline.schedule.interval_seconds + pipeline.timeout_seconds + SLACK_SECONDS


def _reckoning(pipeline: Pipeline) -> str:
    """How `_between_runs` came about, for the reader of the rule."""
    if pipeline.schedule is None:
        return ""
    parts = (
        (pipeline.schedule.interval_seconds, "schedule"),
        (pipeline.timeout_seconds, "timeout"),
        (SLACK_SECONDS, "slack"),
    )
    return " + ".join(f"{duration(seconds)} {what}" for seconds, what in parts)


def _too_old(series: str, limit: int, reckoning: str) -> str:
    """The age of the newest of the series, also while none of them is there."""
    window = duration(LOOK_BACK * limit)
    return (
        f"# {duration(limit)}: {reckoning}\n"
        f"time() - max(\n"
        f"{indent(f'last_over_time({series}[{window}])')}\n"
        f") > {limit}"
    )


def _not_run_in_time(plan: Plan, pipeline: Pipeline) -> Iterator[dict[str, Any]]:
    """Two alerts, since "long ago" and "never, as far as we know" have different causes.

    The second waits as long as a run may take to come, so a new project is not blamed before its
    first run is due; it fires before the first one forgets (LOOK_BACK). Its short window only bears
    with a missed scrape.
    """
    limit = _between_runs(pipeline)
    if not limit:
        return
    last_success = tall_selector(
        ARGO_PREFIX + LAST_SUCCESS, *_origin(plan), matcher("pipeline", pipeline.name)
    )
    yield alert(
        plan,
        _subject(pipeline),
        name=NOT_RUN_IN_TIME,
        expr=_too_old(last_success, limit, _reckoning(pipeline)),
        wait="5m",
        summary=f"Pipeline {pipeline.name} in {plan.environment} has not succeeded in time",
        description=(
            f"The newest success is {{{{ $value | humanizeDuration }}}} old; with its schedule and "
            f"timeout the pipeline should succeed every {duration(limit)}."
        ),
    )
    yield alert(
        plan,
        _subject(pipeline),
        name=REPORTS_NOTHING,
        expr=f"absent_over_time({last_success}[10m])",
        wait=duration(limit),
        summary=f"Pipeline {pipeline.name} in {plan.environment} has reported no success",
        description=(
            f"No success is known of the last {duration(limit)}: no run succeeded, or Prometheus "
            f"does not get the metrics of Argo's controller."
        ),
    )


def _data_stale_rules(plan: Plan, pipeline: Pipeline) -> list[dict[str, Any]]:
    """None for a pipeline that only people start: data grows old while nobody asks for it."""
    if pipeline.schedule is None:
        return []
    return [_data_stale(plan, pipeline, freshness) for freshness in pipeline.freshness]


def _data_stale(plan: Plan, pipeline: Pipeline, freshness: Freshness) -> dict[str, Any]:
    """Between two runs nobody looks at the source, so data that was fresh at one run may grow older
    by the time to the next."""
    newest = tall_selector(
        ARGO_PREFIX + DATA_TIMESTAMP, *_origin(plan), matcher("source", freshness.source)
    )
    limit = freshness.seconds + _between_runs(pipeline)
    reckoning = f"{duration(freshness.seconds)} freshness + {_reckoning(pipeline)}"
    return alert(
        plan,
        _subject(pipeline),
        name=DATA_STALE,
        expr=_too_old(newest, limit, reckoning),
        wait="5m",
        labels={"source": freshness.source},
        summary=f"Data source {freshness.source} in {plan.environment} is stale",
        description=(
            f"The newest data of {freshness.source} that a run has seen is "
            f"{{{{ $value | humanizeDuration }}}} old; it should be at most "
            f"{duration(freshness.seconds)} old when a run reads it."
        ),
    )
