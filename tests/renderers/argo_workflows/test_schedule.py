"""When runs start, and what happens when one is still running."""

from __future__ import annotations

import pytest

from mlspec.plan.model import Schedule

from .cases import bodies, body, pipeline_plan, workflow_spec


def test_the_schedule_is_the_plans() -> None:
    schedule = Schedule(cron="*/15 * * * *", timezone="UTC", interval_seconds=900)
    spec = body(pipeline_plan(schedule=schedule), "CronWorkflow")["spec"]
    assert spec["schedules"] == ["*/15 * * * *"]
    assert spec["timezone"] == "UTC"
    assert spec["startingDeadlineSeconds"] == 450
    assert spec["successfulJobsHistoryLimit"] == spec["failedJobsHistoryLimit"] == 5


@pytest.mark.parametrize(
    ("concurrency", "policy", "mutex"),
    [("forbid", "Forbid", True), ("replace", "Replace", True), ("allow", "Allow", False)],
)
def test_runs_beside_each_other(concurrency: str, policy: str, mutex: bool) -> None:
    plan = pipeline_plan(concurrency=concurrency)
    assert body(plan, "CronWorkflow")["spec"]["concurrencyPolicy"] == policy
    lock = {"mutexes": [{"name": "wine-quality"}]} if mutex else None
    assert workflow_spec(plan).get("synchronization") == lock


def test_without_a_schedule_nothing_starts_by_itself() -> None:
    kinds = [one["kind"] for one in bodies(pipeline_plan(schedule=None))]
    assert kinds == ["ConfigMap", "WorkflowTemplate"]
