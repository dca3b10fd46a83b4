"""What the SLO rules say, beyond what promtool can see of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.prometheus.burn_rate import WINDOWS, budget_of, reachable
from mlspec.renderers.prometheus.latency import BUCKETS, LatencyBound
from mlspec.renderers.prometheus.promql import number

from mlspec.plan.model import Notify
from tests.plans import wine_plan, wine_service

from .cases import CASES, alerts_of, groups_of, records_of, slo_plan

BURN = "MlspecServiceErrorBudgetBurn"
LATENCY = "MlspecServiceLatencyBudgetBurn"


def _windows(plan_alerts: list[dict[str, dict[str, str]]]) -> list[str]:
    return [rule["labels"]["window"] for rule in plan_alerts]


@pytest.mark.parametrize(
    ("per_cent", "budget"),
    [
        pytest.param("99.5", "0.005", id="floats-say-0.0050000000000000044"),
        pytest.param("99.9", "0.001", id="floats-say-0.0009999999999998899"),
        pytest.param("99.999", "0.00001", id="decimal-would-say-1E-5"),
        pytest.param("90", "0.1", id="whole"),
        pytest.param("100", "0", id="no-budget"),
    ],
)
def test_budgets_are_exact(per_cent: str, budget: str) -> None:
    assert number(budget_of(per_cent)) == budget


@given(st.decimals(min_value=0, max_value=100, places=4))
def test_budget_and_objective_add_up(objective: Decimal) -> None:
    assert Decimal(number(budget_of(str(objective)))) * 100 + objective == 100


def test_each_threshold_is_a_factor_of_the_budget_in_both_windows() -> None:
    page = alerts_of(CASES["example"], BURN)[0]["expr"]
    assert page.count("> (14.4 * 0.005)") == 2
    assert "ratio_rate1h{" in page
    assert "ratio_rate5m{" in page


def test_recorded_before_they_are_compared() -> None:
    for group in groups_of(CASES["example"]):
        kinds = ["record" if "record" in rule else "alert" for rule in group["rules"]]
        assert kinds == sorted(kinds, reverse=True)


def test_every_series_that_an_alert_reads_is_recorded() -> None:
    plan = CASES["strict"]
    recorded = set(records_of(plan))
    for rule in alerts_of(plan, BURN):
        read = {line.split("{")[0] for line in rule["expr"].split("\n") if "{" in line}
        assert len(read) == 3
        assert read <= recorded


@pytest.mark.parametrize(
    ("availability", "windows"),
    [
        pytest.param("99.5", ["1h", "6h", "1d", "3d"], id="usual"),
        pytest.param("93", ["6h", "1d", "3d"], id="14.4-times-7-per-cent-is-more-than-all"),
        pytest.param("50", ["3d"], id="half"),
        pytest.param("0", [], id="promises-nothing"),
    ],
)
def test_alerts_that_could_never_fire_are_left_out(availability: str, windows: list[str]) -> None:
    assert _windows(alerts_of(slo_plan(availability), BURN)) == windows


@given(st.decimals(min_value=0, max_value=100, places=3))
def test_every_threshold_can_be_exceeded(objective: Decimal) -> None:
    budget = budget_of(str(objective))
    assert all(Decimal(window.factor) * budget < 1 for window in reachable(budget))


def test_windows_are_those_of_the_workbook() -> None:
    table = [(w.factor, w.long, w.short, w.page) for w in WINDOWS]
    assert table == [
        ("14.4", "1h", "5m", True),
        ("6", "6h", "30m", True),
        ("3", "1d", "2h", False),
        ("1", "3d", "6h", False),
    ]


@pytest.mark.parametrize(
    ("chosen", "page", "ticket"),
    [
        ("critical", "critical", "warning"),
        ("warning", "warning", "warning"),
        ("info", "info", "info"),
    ],
)
def test_pages_are_as_severe_as_chosen_and_tickets_never_more(
    chosen: str, page: str, ticket: str
) -> None:
    notify = Notify(severity=chosen)
    plan = wine_plan(services=(wine_service(notify=notify),))
    for name in (BURN, LATENCY):
        severities = [rule["labels"]["severity"] for rule in alerts_of(plan, name)]
        assert severities == [page, page, ticket, ticket][-len(severities) :]


def test_a_latency_budget_of_five_per_cent_pages_at_72_per_cent() -> None:
    assert alerts_of(CASES["example"], LATENCY)[0]["expr"].count("> (14.4 * 0.05)") == 2


def test_shadows_are_excluded_one_by_one_and_nobody_else() -> None:
    for rule in records_of(CASES["shadow"]).values():
        selectors = rule["expr"].count("deployment_name=")
        assert rule["expr"].count('predictor_name!="challenger"') == selectors
        assert rule["expr"].count('predictor_name!="next"') == selectors
    assert all("predictor_name" not in r["expr"] for r in records_of(CASES["example"]).values())


def test_bounds_of_the_executor_are_exact_and_have_no_note() -> None:
    for bound in BUCKETS:
        place = LatencyBound(int(bound * 1000))
        assert place.exact
        assert place.note() == ""


@given(st.integers(min_value=1, max_value=10**7))
def test_every_threshold_lies_within_its_buckets(threshold_ms: int) -> None:
    place = LatencyBound(threshold_ms)
    assert place.lower < place.measured <= place.upper
    assert place.upper in BUCKETS
    assert place.exact == (place.measured == place.upper)
    assert place.beyond == (threshold_ms > 10_000)
    assert bool(place.note()) == (Decimal(threshold_ms) / 1000 not in BUCKETS)


@pytest.mark.parametrize(
    ("case", "note"),
    [
        ("between-buckets", "Estimated between the buckets of 0.25s and 0.5s."),
        ("below-buckets", "Estimated between the buckets of 0s and 0.005s."),
        ("beyond-buckets", "Measured at 10s, the largest bucket of Seldon's executor."),
    ],
)
def test_an_inexact_latency_says_so_in_its_alert(case: str, note: str) -> None:
    for rule in alerts_of(CASES[case], LATENCY):
        assert rule["annotations"]["description"].endswith(note)


def test_whole_seconds_match_as_prometheus_2_and_3_store_them() -> None:
    expr = records_of(CASES["whole-second"])["service:slo_slow_per_request:ratio_rate5m"]["expr"]
    assert r'le=~"1|1\\.0"' in expr


def test_two_latencies_of_a_service_do_not_share_series() -> None:
    plan = slo_plan(p95=250, p99=1000)
    series = [
        (rule["record"], *sorted(rule["labels"].items()))
        for group in groups_of(plan)
        for rule in group["rules"]
        if "record" in rule
    ]
    assert len(series) == len(set(series)) == 22


def test_a_service_that_may_scale_to_nothing_may_report_nothing() -> None:
    predictor = wine_service().predictors[0]
    asleep = predictor.replace(replicas=predictor.replicas.replace(min=0))
    plan = wine_plan(pipeline=None, services=(wine_service(predictors=(asleep,)),))
    assert alerts_of(plan, BURN)
    assert not alerts_of(plan, "MlspecServiceReportsNothing")


@pytest.mark.parametrize("case", ["no-slo", "empty-slo"])
def test_without_an_objective_a_service_is_scraped_and_not_judged(case: str) -> None:
    assert groups_of(CASES[case]) == []
