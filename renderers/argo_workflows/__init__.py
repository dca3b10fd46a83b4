"""Argo Workflows: the pipeline as a WorkflowTemplate, its artifact repository and its schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

KINDS = ("ConfigMap", "CronWorkflow.argoproj.io", "WorkflowTemplate.argoproj.io")


def applies(plan: Plan) -> bool:
    return plan.pipeline is not None


def render(plan: Plan) -> Iterator[Manifest]:
    """What a workflow needs before the workflow, and what starts it last."""
    from mlspec.manifests.manifest import Manifest

    from .cron_workflow import cron_workflow
    from .repository import repository_config_map
    from .workflow_template import workflow_template

    pipeline = plan.pipeline
    if pipeline is None:
        return
    yield Manifest(body=repository_config_map(plan, pipeline))
    yield Manifest(body=workflow_template(plan, pipeline))
    if pipeline.schedule:
        yield Manifest(body=cron_workflow(plan, pipeline, pipeline.schedule))
