"""The names of what this target makes, and of what it expects others to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.names import join, shorten

if TYPE_CHECKING:
    from collections.abc import Container

    from mlspec.plan.model import Pipeline, Step

CRON_WORKFLOW_LIMIT = 52
"""`maxCharsInCronWorkflowName` in Argo's workflow/validate/validate.go: the workflow that it starts
gets a dash and a ten-digit time more, and must fit into a label."""


def cron_workflow_name(pipeline: Pipeline) -> str:
    return shorten(pipeline.name, CRON_WORKFLOW_LIMIT)


def repository_name(pipeline: Pipeline) -> str:
    return join(pipeline.name, "artifacts")


def cache_name(pipeline: Pipeline) -> str:
    """Of the ConfigMap that Argo's controller makes and writes by itself."""
    return join(pipeline.name, "cache")


def artifact_gc_identity(pipeline: Pipeline) -> str:
    """Of the ServiceAccount that deletes artifacts; README.md says what it may do."""
    return join(pipeline.name, "artifact-gc")


def task_name(step: str) -> str:
    """Argo 4 refuses a task with dependencies whose name begins with a digit (a CEL rule of its
    CRD). Names of steps have no capitals, so the changed name meets no other."""
    return f"T-{step}" if step[0].isdigit() else step


def entrypoint_name(pipeline: Pipeline) -> str:
    return _untaken("main", {step.name for step in pipeline.steps})


def exit_handler_name(pipeline: Pipeline) -> str:
    taken = {step.name for step in pipeline.steps} | {entrypoint_name(pipeline)}
    return _untaken(pipeline.on_exit.name, taken)


def digest_parameter(step: Step) -> str:
    """The input by which a cached step learns the content of what `step` ingested."""
    return f"digest-{step.name}"


def _untaken(name: str, taken: Container[str]) -> str:
    while name in taken:
        name = f"{name}-0"
    return name
