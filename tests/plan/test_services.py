"""Services: which model versions answer, in what shares, with what behind them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.checks.limits import copies
from mlspec.plan.model import LatencyObjective, Notify, Predictor, Replicas, Service, Slo
from tests.specs import only, plan, project


def service(patch: str = "", **where: str) -> Service:
    found: Service = only(plan(patch, **where).services)
    return found


def test_a_service_of_one_version() -> None:
    found = service()

    assert (found.name, found.model, found.framework) == ("api", "grader", "mlflow")
    assert (found.identity, found.protocol) == ("api", "v2")
    assert found.predictors == (
        Predictor(
            name="champion",
            role="main",
            alias="champion",
            model_uri="s3://artifacts/projects/wine-quality/dev/models/grader/champion",
            traffic=100,
            replicas=Replicas(min=1, max=1),
        ),
    )


def test_the_lock_says_which_version_is_served() -> None:
    lock = "models: {grader: {champion: {version: '7', uri: s3://models/7/model}}}"

    [predictor] = service(lock=lock).predictors

    assert (predictor.model_uri, predictor.model_version) == ("s3://models/7/model", "7")


def test_a_model_that_is_not_locked_is_looked_for_where_registration_puts_it() -> None:
    [predictor] = service(on="artifacts: {uri: s3://bucket/}").predictors

    assert predictor.model_uri == "s3://bucket/wine-quality/dev/models/grader/champion"


def test_azure_s_address_is_that_of_rclone_s_remote() -> None:
    """Servers download with rclone, which would take `https` for the name of a remote."""
    store = "{type: azure-blob, uri: 'https://acct.blob.core.windows.net/box/a', endpoint: null,"
    [predictor] = service(on=f"artifacts: {store} region: null, insecure: null}}").predictors

    assert predictor.model_uri == "azureblob://box/a/wine-quality/dev/models/grader/champion"


def test_a_canary_takes_its_share_from_the_main_version() -> None:
    patch = """
serving: {api: {
  replicas: {min: 3, max: 20}, rollout: {strategy: canary, candidate: new, weight: 10}}}
"""
    main, candidate = service(patch).predictors

    assert (main.role, main.traffic, main.replicas) == (
        "main",
        90,
        Replicas(min=3, max=20, target_cpu=80),
    )
    assert (candidate.role, candidate.traffic, candidate.replicas) == (
        "candidate",
        10,
        Replicas(min=1, max=2, target_cpu=80),
    )


def test_a_shadow_sees_everything_and_answers_nothing() -> None:
    main, shadow = service(
        "serving: {api: {rollout: {strategy: shadow, candidate: new}}}"
    ).predictors

    assert (main.shadow, main.traffic) == (False, 100)
    assert (shadow.shadow, shadow.traffic, shadow.role) == (True, 100, "shadow")


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 100), st.sampled_from("csaX"))
def test_shares_sum_to_100_and_the_quota_counts_what_the_plan_asks_for(
    low: int, more: int, share: int, strategy: str
) -> None:
    rollout = {
        "c": f"{{strategy: canary, candidate: new, weight: {share}}}",
        "s": "{strategy: shadow, candidate: new}",
        "a": f"{{strategy: ab, variants: {{a: {share}, b: {100 - share}}}}}",
        "X": "null",
    }[strategy]
    patch = f"serving: {{api: {{replicas: {{min: {low}, max: {low + more}}}, rollout: {rollout}}}}}"

    found = service(patch)

    assert sum(p.traffic for p in found.predictors if not p.shadow) == 100
    assert all(p.replicas.min >= 1 for p in found.predictors)
    assert sum(p.replicas.max for p in found.predictors) == copies(project(patch).serving["api"])


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [
        pytest.param("2", Replicas(min=2, max=2), id="fixed"),
        pytest.param("{min: 2, max: 2}", Replicas(min=2, max=2), id="no-room"),
        pytest.param("{max: 3}", Replicas(min=1, max=3, target_cpu=80), id="by-default"),
        pytest.param(
            "{max: 3, target: {memory: 70}}", Replicas(min=1, max=3, target_memory=70), id="memory"
        ),
        pytest.param(
            "{max: 3, target: {cpu: 60, memory: 70}}",
            Replicas(min=1, max=3, target_cpu=60, target_memory=70),
            id="both",
        ),
    ],
)
def test_copies_are_added_by_utilisation(replicas: str, expected: Replicas) -> None:
    [predictor] = service(f"serving: {{api: {{replicas: {replicas}}}}}").predictors

    assert predictor.replicas == expected


def test_objectives_are_decimals_and_milliseconds() -> None:
    patch = "monitoring: {api: {slo: {availability: 99.50%, latency: {p95: 250ms, p99.9: 1s}}}}"

    assert service(patch).slo == Slo(
        availability="99.5",
        latency=(
            LatencyObjective(percentile="95", threshold_ms=250),
            LatencyObjective(percentile="99.9", threshold_ms=1000),
        ),
    )


def test_without_monitoring_nothing_is_promised() -> None:
    assert service().slo is None
    assert service().notify == Notify(severity="warning")


def test_alerts_reach_whom_the_project_says() -> None:
    notify = "{severity: critical, channel: cellar, runbook: 'https://wiki/x'}"

    found = service(f"monitoring: {{api: {{slo: {{availability: 99%}}, notify: {notify}}}}}")

    assert found.notify == Notify(severity="critical", channel="cellar", runbook="https://wiki/x")
    assert found.slo == Slo(availability="99")


def test_models_are_downloaded_with_the_platform_s_secret() -> None:
    assert service(on="artifacts: {model_secret: models}").model_secret == "models"
