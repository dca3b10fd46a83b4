"""The CronWorkflow: when the pipeline runs by itself. All else stands in the WorkflowTemplate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.labels import common_labels

from .names import cron_workflow_name

if TYPE_CHECKING:
    from mlspec.plan.model import Pipeline, Plan, Schedule

_HISTORY = 5
"""Ended runs to keep of each kind. A pipeline that runs often meets this limit, one that runs daily
the template's ttlStrategy."""

_LATEST_START = 3600


def cron_workflow(plan: Plan, pipeline: Pipeline, schedule: Schedule) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "CronWorkflow",
        "metadata": {
            "name": cron_workflow_name(pipeline),
            "namespace": plan.namespace,
            "labels": common_labels(plan, name=pipeline.name, component="pipeline"),
        },
        "spec": {
            "schedules": [schedule.cron],
            "timezone": schedule.timezone,
            "concurrencyPolicy": pipeline.concurrency.capitalize(),
            # A run that the controller missed is made up for, but not close to the next one.
            "startingDeadlineSeconds": min(schedule.interval_seconds // 2, _LATEST_START),
            "successfulJobsHistoryLimit": _HISTORY,
            "failedJobsHistoryLimit": _HISTORY,
            "workflowSpec": {"workflowTemplateRef": {"name": pipeline.name}},
        },
    }
