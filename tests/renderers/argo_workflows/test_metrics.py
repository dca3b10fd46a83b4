"""What Argo's controller shows to Prometheus of a run."""

from __future__ import annotations

from mlspec.plan.metrics import DATA_TIMESTAMP, LAST_SUCCESS, RUNS_TOTAL
from tests.plans import wine_plan

from .cases import template, workflow_spec

RUN = [
    {"key": "project", "value": "wine-quality"},
    {"key": "environment", "value": "prod"},
    {"key": "pipeline", "value": "wine-quality"},
]


def test_every_run_is_counted_by_its_status() -> None:
    runs, _ = workflow_spec(wine_plan())["metrics"]["prometheus"]
    assert runs["name"] == RUNS_TOTAL
    assert runs["labels"] == [*RUN, {"key": "status", "value": "{{workflow.status}}"}]
    assert runs["counter"] == {"value": "1"}
    assert "when" not in runs


def test_the_time_of_success_is_that_of_a_run_that_succeeded() -> None:
    _, last = workflow_spec(wine_plan())["metrics"]["prometheus"]
    assert last["name"] == LAST_SUCCESS
    assert last["labels"] == RUN
    assert last["when"] == "{{workflow.status}} == Succeeded"
    assert last["gauge"] == {"realtime": False, "value": "{{workflow.creationTimestamp.s}}"}


def test_a_step_reports_what_it_wrote_and_only_after_success() -> None:
    found = template(wine_plan(), "ingest-tastings")
    (gauge,) = found["metrics"]["prometheus"]
    assert gauge["name"] == DATA_TIMESTAMP
    assert {"key": "source", "value": "tastings"} in gauge["labels"]
    assert gauge["when"] == "{{status}} == Succeeded"
    assert gauge["gauge"] == {"realtime": False, "value": "{{outputs.parameters.timestamp}}"}
    assert "timestamp" in [parameter["name"] for parameter in found["outputs"]["parameters"]]
