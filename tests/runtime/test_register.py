"""Registering a model: it loads by its alias, is told truly, and a retry makes nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Outcome, Step


@pytest.fixture
def register(step: Step, tmp_path: Path, model_folder: Path, client):
    def run(*more: object, model: Path = model_folder, metrics: str = '{"f1": 0.9}') -> Outcome:
        (tmp_path / "metrics.json").write_text(metrics)
        flags = ("--name", "wine", "--alias", "challenger", "--result", tmp_path / "r" / "res.json")
        paths = ("--model", model, "--metrics", tmp_path / "metrics.json")
        return step("register", *paths, *flags, *more)

    return run


def test_a_registered_model_loads_by_its_alias_and_predicts(register, client) -> None:
    import mlflow

    outcome = register()
    assert outcome.code == 0, outcome.err
    mlflow.set_tracking_uri(client.tracking_uri)
    mlflow.set_registry_uri(client.tracking_uri)
    model = mlflow.pyfunc.load_model("models:/wine@challenger")
    assert list(model.predict([[0.0, 0.0], [1.0, 1.0]])) == [0, 1]


def test_the_run_holds_metrics_params_tags_and_the_model(register, client, tmp_path) -> None:
    outcome = register("--param", "trees=200", "--param", "note=a=b", "--tag", "team=cellar")
    assert outcome.code == 0, outcome.err
    result = json.loads((tmp_path / "r" / "res.json").read_text())
    run = client.get_run(result["run_id"])
    assert run.data.metrics == {"f1": 0.9}
    assert run.data.params == {"trees": "200", "note": "a=b"}
    assert (run.info.run_name, run.info.status) == ("wine-quality-x7k2p", "FINISHED")
    expected = {
        "mlspec.run": "wine-quality-x7k2p",
        "mlspec.project": "wine-quality",
        "mlspec.environment": "dev",
        "mlspec.step": "register",
        "mlspec.model": "wine",
        "team": "cellar",
    }
    assert expected.items() <= run.data.tags.items()
    version = client.get_model_version("wine", "1")
    assert expected.items() <= version.tags.items()
    assert client.get_experiment(run.info.experiment_id).name == "wine-quality"
    assert result == {
        "name": "wine",
        "version": "1",
        "run_id": version.run_id,
        "uri": "models:/wine/1",
        "source": version.source,
        "alias": "challenger",
    }


def test_a_retried_step_makes_no_second_version_and_no_second_run(register, client) -> None:
    first, second = register(), register()
    assert (first.code, second.code) == (0, 0), second.err
    assert "not made again" in second.out
    assert len(client.search_model_versions("name = 'wine'")) == 1
    experiment = client.get_experiment_by_name("wine-quality").experiment_id
    assert len(client.search_runs([experiment])) == 1


def test_a_step_that_died_before_the_version_is_finished_in_the_same_run(
    register, client, monkeypatch
) -> None:
    import mlflow

    def die(*_: object, **__: object) -> None:
        raise mlflow.MlflowException("the registry went away")

    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, "create_model_version", die)
        outcome = register("--param", "trees=200")
    assert (outcome.code, "Traceback" in outcome.err) == (3, False)
    assert "the registry went away" in outcome.err
    assert register("--param", "trees=200").code == 0
    experiment = client.get_experiment_by_name("wine-quality").experiment_id
    (run,) = client.search_runs([experiment])
    assert client.get_model_version_by_alias("wine", "challenger").run_id == run.info.run_id


def test_a_later_pipeline_run_makes_the_next_version_and_moves_the_alias(
    register, client, monkeypatch
) -> None:
    register()
    monkeypatch.setenv("MLSPEC_RUN", "it's-another")
    assert register().code == 0
    assert str(client.get_model_version_by_alias("wine", "challenger").version) == "2"
    monkeypatch.setenv("MLSPEC_RUN", "wine-quality-x7k2p")  # a late retry of the first
    assert "stays with the newer version 2" in register().out
    assert str(client.get_model_version_by_alias("wine", "challenger").version) == "2"


def test_two_models_of_one_pipeline_run_are_two_versions(register, client) -> None:
    assert register().code == 0
    assert register("--name", "other").code == 0
    assert len(client.search_model_versions("name = 'other'")) == 1


@pytest.mark.parametrize(
    ("metrics", "told"),
    [('{"f1": NaN}', "NaN or infinity: ['f1']"), ("{", "malformed JSON")],
    ids=["nan", "malformed"],
)
def test_wrong_metrics_register_nothing(register, client, metrics: str, told: str) -> None:
    outcome = register(metrics=metrics)
    assert outcome.code == 1
    assert told in outcome.err
    assert client.search_registered_models() == []


def test_what_is_no_model_folder_is_told(register, tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "model.pkl").write_bytes(b"")
    for path, told in ((tmp_path / "folder", "found: model.pkl"), (tmp_path / "gone", "none")):
        outcome = register(model=path)
        assert outcome.code == 1
        assert told in outcome.err


def test_a_step_without_its_environment_is_wrong_usage(register, monkeypatch) -> None:
    monkeypatch.delenv("MLSPEC_RUN")
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME")
    outcome = register()
    assert outcome.code == 2
    assert "MLSPEC_RUN, MLFLOW_EXPERIMENT_NAME" in outcome.err


@pytest.mark.parametrize("flags", [["--param", "x"], ["--tag", "=y"]])
def test_a_pair_without_key_or_value_is_wrong_usage(register, flags: list[str]) -> None:
    outcome = register(*flags)
    assert outcome.code == 2
    assert "expected KEY=VALUE" in outcome.err


def test_an_unreachable_mlflow_is_told_without_a_traceback(register, monkeypatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    outcome = register()
    assert outcome.code == 3
    assert "MLflow: " in outcome.err and "Traceback" not in outcome.err


def test_a_model_that_was_never_measured_is_registered_without_metrics(
    step: Step, model_folder: Path, client
) -> None:
    outcome = step("register", "--model", model_folder, "--name", "wine", "--alias", "challenger")
    assert outcome.code == 0, outcome.err
    run_id = client.get_model_version_by_alias("wine", "challenger").run_id
    assert client.get_run(run_id).data.metrics == {}


def test_publishing_copies_the_model_folder_as_it_is(
    register, model_folder: Path, tmp_path: Path
) -> None:
    outcome = register("--publish", tmp_path / "published")
    assert outcome.code == 0, outcome.err
    assert _content(tmp_path / "published") == _content(model_folder)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_lineage_that_the_runner_tells_of_is_on_the_run_and_the_version(
    register, client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSPEC_LINEAGE", '{"mlspec.data.tastings": "ab12", "mlspec.run": "lie"}')

    assert register().code == 0

    version = client.get_model_version("wine", "1")
    told = {"mlspec.data.tastings": "ab12", "mlspec.run": "wine-quality-x7k2p"}
    assert told.items() <= version.tags.items()
    assert told.items() <= client.get_run(version.run_id).data.tags.items()


@pytest.mark.parametrize("lineage", ["{", "[]"])
def test_lineage_that_is_no_map_is_wrong_usage(
    register, monkeypatch: pytest.MonkeyPatch, lineage: str
) -> None:
    monkeypatch.setenv("MLSPEC_LINEAGE", lineage)

    outcome = register()

    assert outcome.code == 2
    assert "MLSPEC_LINEAGE: expected" in outcome.err


def test_the_version_says_which_gates_it_has_passed(register, client) -> None:
    gates = {"f1": {"min": 0.85, "no_worse_than": "champion"}}

    assert register("--gates", json.dumps(gates)).code == 0

    tags = client.get_model_version("wine", "1").tags
    assert tags["mlspec.gates"] == "passed"
    bound, compared = json.loads(tags["mlspec.gates.verdicts"])
    assert bound == ["f1", ">= 0.85", "0.9", "pass"]
    assert compared[:2] == ["f1", "no worse than champion"] and compared[3] == "pass"


@pytest.mark.parametrize(
    ("gates", "recorded"), [({}, "none"), ({"f1": {"min": 0.95}}, "failed")], ids=["none", "failed"]
)
def test_a_version_without_gates_or_with_one_that_fails_by_now_says_so(
    register, client, gates: dict[str, object], recorded: str
) -> None:
    assert register("--gates", json.dumps(gates)).code == 0

    assert client.get_model_version("wine", "1").tags["mlspec.gates"] == recorded


def test_the_version_has_a_digest_of_its_files(register, client, model_folder: Path) -> None:
    import subprocess

    assert register().code == 0

    list_files = "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum"
    command = f"{list_files} | sha256sum"
    done = subprocess.run(
        ["bash", "-c", command], cwd=model_folder, capture_output=True, text=True, check=True
    )
    expected = f"sha256:{done.stdout.split()[0]}"
    assert client.get_model_version("wine", "1").tags["mlspec.digest"] == expected


def test_gates_that_cannot_be_read_are_wrong_usage(register) -> None:
    outcome = register("--gates", "[]")

    assert outcome.code == 2
    assert "--gates: expected a JSON object" in outcome.err
