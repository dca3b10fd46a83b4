"""The sums behind the pipeline's rules, and the names of what they read."""

from __future__ import annotations

from mlspec.plan.metrics import DATA_TIMESTAMP, LAST_SUCCESS, RUNS_TOTAL
from mlspec.plan.model import Freshness, Schedule
from tests.plans import wine_pipeline, wine_plan, wine_steps

from .cases import CASES, alerts_of


def _expr(name: str, case: str = "example") -> str:
    (rule,) = alerts_of(CASES[case], name)
    return rule["expr"]


def test_success_is_due_after_schedule_timeout_and_slack() -> None:
    expr = _expr("MlspecPipelineNotRunInTime")
    assert expr.startswith("# 1d2h15m: 1d schedule + 2h timeout + 15m slack\n")
    assert expr.endswith(f"> {86400 + 7200 + 900}")


def test_memory_is_longer_than_the_age_that_it_must_see() -> None:
    """And longer than the wait of the alert that takes over when it ends."""
    assert "[3d6h45m]" in _expr("MlspecPipelineNotRunInTime")
    (nothing,) = alerts_of(CASES["example"], "MlspecPipelineReportsNothing")
    assert nothing["expr"].endswith("[10m])")
    assert nothing["for"] == "1d2h15m"


def test_data_may_age_until_the_next_run_has_read_it() -> None:
    assert _expr("MlspecDataStale").endswith(f"> {86400 + 86400 + 7200 + 900}")


def test_without_a_schedule_nothing_is_due_and_no_data_is_stale() -> None:
    names = [rule["alert"] for rule in alerts_of(CASES["unscheduled"])]
    assert names == ["MlspecPipelineRunFailed"]


def test_odd_intervals_stay_exact() -> None:
    schedule = Schedule(cron="*/7 * * * *", timezone="UTC", interval_seconds=421)
    pipeline = wine_pipeline(schedule=schedule, timeout_seconds=59)
    (rule,) = alerts_of(wine_plan(services=(), pipeline=pipeline), "MlspecPipelineNotRunInTime")
    assert rule["expr"].startswith("# 23m: 7m1s schedule + 59s timeout + 15m slack\n")


def test_each_source_has_an_alert_of_its_own() -> None:
    freshness = (Freshness(source="tastings", seconds=60), Freshness(source="prices", seconds=90))
    plan = wine_plan(pipeline=wine_pipeline(freshness=freshness))
    sources = [rule["labels"]["source"] for rule in alerts_of(plan, "MlspecDataStale")]
    assert sources == ["tastings", "prices"]


def test_metrics_bear_the_prefix_of_argos_exporter() -> None:
    assert f"argo_workflows_{RUNS_TOTAL}{{" in _expr("MlspecPipelineRunFailed")
    assert f"argo_workflows_{LAST_SUCCESS}{{" in _expr("MlspecPipelineNotRunInTime")
    assert f"argo_workflows_{DATA_TIMESTAMP}{{" in _expr("MlspecDataStale")


def test_the_data_alert_reads_what_the_ingest_step_reports() -> None:
    (gauge,) = wine_steps()[0].gauges
    assert gauge.name == DATA_TIMESTAMP
    for label, value in gauge.labels.items():
        assert f'{label}="{value}"' in _expr("MlspecDataStale")
