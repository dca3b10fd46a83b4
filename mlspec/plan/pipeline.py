"""The pipeline as a whole: its steps, its schedule and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.limits import HELPER
from mlspec.language.cron import longest_gap, parse
from mlspec.language.units import seconds
from mlspec.plan.commands import runtime
from mlspec.plan.ingest import freshness_of
from mlspec.plan.inputs import notify_of
from mlspec.plan.model import Pipeline, Schedule, Step
from mlspec.plan.names import PIPELINE_LIMIT, join, shorten
from mlspec.plan.steps import SMALL, pipeline_steps

if TYPE_CHECKING:
    from mlspec.plan.inputs import Inputs


def pipeline_of(inputs: Inputs) -> Pipeline | None:
    """None for a project without steps of its own."""
    if not inputs.flow.nodes:
        return None
    written = inputs.project.pipeline
    experiment = f"{inputs.name}-{inputs.environment}"
    read = [name for name in inputs.project.data.sources if inputs.flow.readers(name)]
    found = (freshness_of(inputs, name) for name in read)
    return Pipeline(
        name=shorten(inputs.name, PIPELINE_LIMIT),
        steps=pipeline_steps(inputs),
        on_exit=Step(
            name="report",
            kind="report",
            image=inputs.locked_image(inputs.platform.runtime.image),
            argv=runtime("report"),
            env={},
            resources=SMALL,
        ),
        env={
            "MLFLOW_TRACKING_URI": inputs.platform.mlflow.uri,
            "MLFLOW_EXPERIMENT_NAME": experiment,
            "MLSPEC_PROJECT": inputs.name,
            "MLSPEC_ENVIRONMENT": inputs.environment,
        },
        experiment=experiment,
        identity=join(inputs.name, "pipeline"),
        executor_identity=join(inputs.name, "executor"),
        helper=inputs.resources(HELPER),
        schedule=_schedule(inputs),
        timeout_seconds=seconds(written.timeout),
        concurrency=written.concurrency,
        freshness=tuple(fresh for fresh in found if fresh is not None),
        notify=notify_of(written.notify),
    )


def _schedule(inputs: Inputs) -> Schedule | None:
    written = inputs.project.pipeline.schedule
    if written is None:
        return None
    cron = written if isinstance(written, str) else written.cron
    timezone = "UTC" if isinstance(written, str) else written.timezone
    gap = longest_gap(parse(cron))
    assert gap is not None  # check_schedule
    return Schedule(cron=cron, timezone=timezone, interval_seconds=gap)
