"""The exit handler: records how a pipeline run ended, and never makes it end worse."""

from __future__ import annotations

import json

import pytest

from mlspec.runtime.report import LONGEST_TAG, summarise

FAILURES = [
    {"displayName": "train", "phase": "Failed", "message": "Error (exit code 1)", "podName": "p"},
    {"displayName": "gate", "phase": "Error"},
]


def only_run(client):
    experiment = client.get_experiment_by_name("wine-quality").experiment_id
    (run,) = client.search_runs([experiment])
    return run


def test_a_failed_run_is_recorded_with_its_failed_steps(step, client) -> None:
    # Argo quotes the list once more: JSON within a JSON string.
    quoted = json.dumps(json.dumps(FAILURES))
    outcome = step("report", "--status", "Failed", "--failures", quoted)
    assert outcome.code == 0, outcome.err
    run = only_run(client)
    assert (run.info.run_name, run.info.status) == ("wine-quality-x7k2p", "FAILED")
    assert run.data.tags["mlspec.status"] == "Failed"
    assert run.data.tags["mlspec.run"] == "wine-quality-x7k2p"
    assert run.data.tags["mlspec.failures"] == ("train: Failed: Error (exit code 1)\ngate: Error")


@pytest.mark.parametrize(
    ("status", "expected"), [("Succeeded", "FINISHED"), ("Error", "FAILED"), ("odd", "FAILED")]
)
def test_only_success_is_recorded_as_finished(step, client, status: str, expected: str) -> None:
    assert step("report", "--status", status, "--failures", "null").code == 0
    assert only_run(client).info.status == expected
    assert "mlspec.failures" not in only_run(client).data.tags


def test_a_retried_report_updates_the_same_run(step, client) -> None:
    step("report", "--status", "Failed")
    step("report", "--status", "Succeeded")
    assert only_run(client).data.tags["mlspec.status"] == "Succeeded"
    assert only_run(client).info.status == "FINISHED"


def test_an_endless_list_of_failures_is_cut_to_what_a_tag_holds(step, client) -> None:
    assert step("report", "--status", "Failed", "--failures", json.dumps(FAILURES * 500)).code == 0
    assert len(only_run(client).data.tags["mlspec.failures"]) == LONGEST_TAG


@pytest.mark.parametrize("unreachable", ["http://127.0.0.1:1", "nonsense://x", ""])
def test_a_lost_mlflow_is_a_warning_and_not_a_failure(step, monkeypatch, unreachable) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlspec[runtime]")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", unreachable)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "wine-quality")
    monkeypatch.setenv("MLSPEC_RUN", "r")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    outcome = step("report", "--status", "Failed", "--failures", json.dumps(FAILURES))
    assert outcome.code == 0
    assert "report: warning: not recorded: " in outcome.err
    assert "train: Failed" in outcome.out


def test_a_missing_mlflow_is_a_warning_and_not_a_failure(step, client, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mlflow", None)
    outcome = step("report", "--status", "Failed")
    assert outcome.code == 0
    assert "pip install 'mlspec[runtime]'" in outcome.err


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("", ""),
        ("null", ""),
        ("[]", ""),
        ('"null"', ""),
        ("not json", "not json"),
        ('{"a": 1}', '{"a": 1}'),
        ('[{"templateName": "t", "message": "m"}, {}]', "t: m\na step"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_failures_of_any_form_are_summarised_and_never_raise(text: str, summary: str) -> None:
    assert summarise(text) == summary


def test_a_secret_in_a_message_is_hidden_from_log_and_tag(step, client, monkeypatch) -> None:
    monkeypatch.setenv("MLSPEC_SQL_PASSWORD", "hunter22")
    failures = json.dumps([{"displayName": "s", "message": "postgres://u:other@h with hunter22"}])
    outcome = step("report", "--status", "Failed", "--failures", failures)
    told = outcome.out + outcome.err + only_run(client).data.tags["mlspec.failures"]
    assert "hunter22" not in told and "other@" not in told
