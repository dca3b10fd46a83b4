"""Gates are on metrics that the model's evaluation reports, and ask for something."""

from __future__ import annotations

import pytest

from mlspec.checks.gates import check_gates
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, span_text


def gates(text: str) -> str:
    return f"registry: {{type: mlflow, models: {{grader: {{gates: {text}}}}}}}"


@pytest.mark.parametrize(
    "text",
    ["{}", "{f1: {min: 0}}", "{f1: {max: 0.0}}", "{f1: {no_worse_than: champion}}"],
)
def test_gates_that_can_be_judged(text: str) -> None:
    assert problems(check_gates, gates(text)) == []


def test_no_registry_has_no_gates() -> None:
    assert problems(check_gates) == []


def test_a_gate_on_a_metric_that_is_not_reported() -> None:
    patch = gates("{f2: {min: 0.5}}")
    text = merged(PROJECT, patch)

    found = diagnosed(check_gates, patch)

    assert (found.code, found.message) == (
        "MLS207",
        "the evaluation of `grader` does not report `f2`",
    )
    assert found_at(found, text) == "f2"
    assert found.help == "there is: f1"
    assert span_text(found.related[0].span, text) == "metrics"


def test_a_gate_on_a_misspelt_metric() -> None:
    patch = gates("{f1_marco: {min: 0.5}}")

    found = problem(
        check_gates, patch + "\ntraining: {grader: {evaluate: {metrics: [f1_macro, accuracy]}}}"
    )

    assert found.help == "did you mean `f1_macro`?"


def test_a_gate_on_a_model_that_nothing_measures() -> None:
    patch = gates("{f1: {min: 0.5}}") + "\ntraining: {grader: {evaluate: null}}"

    found = diagnosed(check_gates, patch)

    assert found.code == "MLS207"
    assert found.message == "nothing measures `grader`, so `f1` is never known"
    assert found.help == "add `evaluate` to the training"
    assert span_text(found.related[0].span, merged(PROJECT, patch)) == "grader"


def test_a_gate_that_asks_for_nothing() -> None:
    found = problem(check_gates, gates("{f1: {better: lower}}"))

    assert (found.code, found.message) == ("MLS102", "the gate on `f1` asks for nothing")
    assert found.path == ("registry", "models", "grader", "gates", "f1")


def test_gates_of_a_model_that_is_not_there_are_for_another_check() -> None:
    patch = "registry: {type: mlflow, models: {other: {gates: {f1: {min: 1}}}}}"

    assert problems(check_gates, patch) == []


def test_a_model_is_registered_without_gates_and_evaluation() -> None:
    patch = gates("{}") + "\ntraining: {grader: {evaluate: null}}"

    assert problems(check_gates, patch) == []
