"""Gates: every rule told in one table, nothing unproven passes, and the first version may."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.runtime.gate import Gate, judge

from .conftest import Outcome, Step

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def gate(step: Step, tmp_path):
    def run(metrics: Any, gates: dict[str, Any]) -> Outcome:
        path = tmp_path / "metrics.json"
        path.write_text(metrics if isinstance(metrics, str) else json.dumps(metrics))
        text = json.dumps(gates)
        return step("gate", "--metrics", path, "--gates", text, "--model", "wine")

    return run


@pytest.fixture
def champion(client):
    """Makes a version with these metrics that the alias champion points to."""

    def make(metrics: dict[str, float]) -> None:
        run = client.create_run(client.create_experiment("champion"))
        for name, value in metrics.items():
            client.log_metric(run.info.run_id, name, value)
        client.create_registered_model("wine")
        place = f"{run.info.artifact_uri}/model"
        version = client.create_model_version("wine", place, run.info.run_id)
        client.set_registered_model_alias("wine", "champion", version.version)

    return make


@pytest.mark.parametrize(
    ("value", "rules", "passes"),
    [
        (0.85, {"min": 0.85}, True),
        (0.8499, {"min": 0.85}, False),
        (5, {"max": 5}, True),
        (5.1, {"max": 5}, False),
        (3, {"min": 1, "max": 5}, True),
    ],
)
def test_a_metric_must_lie_within_its_bounds(gate, value, rules, passes: bool) -> None:
    outcome = gate({"m": value}, {"m": rules})
    assert outcome.code == (0 if passes else 1)
    assert ("FAIL" in outcome.out) == (not passes)


@pytest.mark.parametrize("metrics", ['{"m": NaN}', '{"m": Infinity}', '{"m": 1e999}', "{}"])
def test_a_metric_that_is_no_finite_number_or_absent_fails(gate, metrics: str) -> None:
    for rules in ({"min": -1e308}, {"max": 1e308}, {"no_worse_than": "champion"}):
        outcome = gate(metrics, {"m": rules})
        assert outcome.code == 1
        assert "1 of 1 gates failed" in outcome.err


def test_all_gates_are_told_before_the_step_fails(gate) -> None:
    outcome = gate({"a": 0, "b": 1, "c": 2}, {m: {"min": 1} for m in ("a", "b", "c", "d")})
    assert outcome.code == 1
    assert [line.split()[-1] for line in outcome.out.splitlines()[1:]] == [
        "FAIL", "pass", "pass", "FAIL",
    ]  # fmt: skip
    assert "2 of 4 gates failed" in outcome.err
    assert "d: expected the metric, found none (there are: a, b, c)" in outcome.err


@pytest.mark.parametrize(
    ("value", "more", "passes"),
    [
        pytest.param(0.8, {}, True, id="equal"),
        pytest.param(0.79, {}, False, id="worse"),
        pytest.param(0.79, {"tolerance": 0.02}, True, id="worse-within-tolerance"),
        pytest.param(0.79, {"direction": "lower"}, True, id="lower-is-better"),
        pytest.param(0.81, {"direction": "lower"}, False, id="higher-is-worse"),
        pytest.param(0.81, {"direction": "lower", "tolerance": 0.02}, True, id="lower-tolerance"),
    ],
)
def test_a_model_is_compared_with_the_one_behind_the_alias(
    gate, champion, value: float, more: dict[str, Any], passes: bool
) -> None:
    champion({"m": 0.8})
    outcome = gate({"m": value}, {"m": {"no_worse_than": "champion", **more}})
    assert outcome.code == (0 if passes else 1), outcome.err


def test_the_first_version_passes_and_says_why(gate, client) -> None:
    outcome = gate({"m": 0.1}, {"m": {"no_worse_than": "champion"}})
    assert outcome.code == 0
    assert "no model has this alias yet" in outcome.out
    client.create_registered_model("wine")  # a name without the alias
    assert gate({"m": 0.1}, {"m": {"no_worse_than": "champion"}}).code == 0


def test_a_metric_that_the_live_model_lacks_has_nothing_to_compare_with(gate, champion) -> None:
    champion({"other": 1.0})
    outcome = gate({"m": 0.1}, {"m": {"no_worse_than": "champion"}})
    assert outcome.code == 0
    assert "its run lacks the metric" in outcome.out


def test_an_unreachable_registry_fails_the_gate_and_hides_the_password(gate, monkeypatch) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlspec[runtime]")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:hidden-word@127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    outcome = gate({"m": 1}, {"m": {"no_worse_than": "champion"}})
    assert outcome.code == 3
    assert "MLflow: " in outcome.err
    assert "hidden-word" not in outcome.out + outcome.err
    assert "Traceback" not in outcome.err


def test_mlflow_is_not_needed_where_no_gate_asks_for_it(gate, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mlflow", None)
    assert gate({"m": 1}, {"m": {"min": 0}}).code == 0


@pytest.mark.parametrize(
    ("metrics", "told"),
    [
        pytest.param("{", "malformed JSON", id="malformed"),
        pytest.param("[1]", "expected a map", id="list"),
        pytest.param('{"m": "1"}', "m is str", id="text"),
        pytest.param('{"m": true}', "m is bool", id="bool"),
        pytest.param('{"m": {"x": 1}}', "m is dict", id="nested"),
    ],
)
def test_a_wrong_metrics_file_is_told(gate, metrics: str, told: str) -> None:
    outcome = gate(metrics, {"m": {"min": 0}})
    assert outcome.code == 1
    assert told in outcome.err


def test_a_missing_metrics_file_is_told_without_a_traceback(step, tmp_path) -> None:
    outcome = step("gate", "--metrics", tmp_path / "gone", "--gates", "{}", "--model", "wine")
    assert outcome.code == 1
    assert "No such file" in outcome.err and "Traceback" not in outcome.err


@pytest.mark.parametrize(
    "rules",
    [
        {}, {"tolerance": 1}, {"min": "1"}, {"min": True}, {"min": 1, "mix": 2}, 0.85,
        {"no_worse_than": "a", "direction": "up"}, {"no_worse_than": "a", "tolerance": -1},
        {"no_worse_than": 1},
    ],
)  # fmt: skip
def test_wrong_gates_are_wrong_usage(gate, rules) -> None:
    outcome = gate({"m": 1}, {"m": rules})
    assert outcome.code == 2
    assert "--gates: m" in outcome.err


@given(value=FINITE, reference=FINITE)
def test_without_tolerance_the_directions_agree_only_on_equal_values(value, reference) -> None:
    def passes(direction: str) -> bool:
        rule = Gate("m", no_worse_than="a", direction=direction)
        (verdict,) = judge(rule, {"m": value}, lambda alias: {"m": reference})
        return verdict.passed

    assert passes("higher") or passes("lower")
    assert (passes("higher") and passes("lower")) == (value == reference)


@given(value=st.floats())
def test_nothing_but_a_finite_number_ever_passes(value: float) -> None:
    verdicts = list(judge(Gate("m", max=math.inf), {"m": value}, lambda alias: None))
    assert all(verdict.passed for verdict in verdicts) == math.isfinite(value)
