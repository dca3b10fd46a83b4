"""When a run uses MLflow, and how long it waits for it at its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlspec.local.folder import Folder
from mlspec.local.tracking import Store
from mlspec.plan.model import Pipeline, Step
from tests.local.pipelines import Ran, plan, run_plan, step

ENV = {"MLFLOW_TRACKING_URI": "http://mlflow:5000", "MLFLOW_EXPERIMENT_NAME": "wine-local"}
REFUSES = "http://127.0.0.1:1"
"""Nothing listens there."""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRACKING_URI", "HTTP_REQUEST_TIMEOUT", "HTTP_REQUEST_MAX_RETRIES"):
        monkeypatch.delenv(f"MLFLOW_{name}", raising=False)


def report(script: str) -> Step:
    return step("report", script, kind="report", outputs=())


def pipeline(*steps: Step) -> Pipeline:
    found = plan(*steps, env=ENV).pipeline
    assert found is not None
    return found


def is_prepared(project: Path, *steps: Step) -> bool:
    return bool(Store(Folder(project), pipeline(*steps)).preparation)


@pytest.mark.parametrize("kind", ["train", "evaluate", "gate", "register"])
def test_the_embedded_mlflow_is_made_for_steps_about_models(tmp_path: Path, kind: Any) -> None:
    assert is_prepared(tmp_path, step("clean"), step("grader", kind=kind))


def test_a_pipeline_without_models_costs_no_mlflow(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/pandas.py").write_text("import mlflow")
    (tmp_path / "env").mkdir()
    (tmp_path / "env/pyvenv.cfg").touch()
    (tmp_path / "env/pandas.py").write_text("import mlflow")
    end = report("touch ended")

    ran = run_plan(tmp_path, plan(step("clean"), env=ENV, on_exit=end))

    assert ran.kinds == ["clean started", "clean done"]
    assert not (tmp_path / "ended").exists()
    assert not (tmp_path / ".mlspec/mlflow.db").exists()


@pytest.mark.parametrize("name", ["clean.py", "lib/clean.ipynb", "clean.sh"])
def test_it_is_made_for_programs_that_speak_of_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "gone.py").symlink_to("nowhere")
    assert not is_prepared(tmp_path, step("clean"))
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("import mlflow")

    assert is_prepared(tmp_path, step("clean"))


def test_a_server_of_the_user_is_told_of_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", REFUSES)
    end = report('echo "$MLFLOW_TRACKING_URI" > ended')

    run_plan(tmp_path, plan(step("clean"), env=ENV, on_exit=end))

    assert (tmp_path / "ended").read_text() == f"{REFUSES}\n"


def ended(project: Path, script: str) -> Ran:
    return run_plan(project, plan(step("clean"), env=ENV, on_exit=report(script)))


def test_a_server_that_refuses_is_told_to_the_user_and_the_run_has_succeeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mlflow", reason="needs the extra mlspec[local]")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", REFUSES)
    end = step("report", kind="report", outputs=())
    ours = (("python",), ("-m",), ("mlspec.runtime",), ("report",))

    ran = run_plan(tmp_path, plan(step("clean"), env=ENV, on_exit=end.replace(argv=ours)))

    assert ran.kinds[-2:] == ["report started", "report done"]
    assert ran.text("report", "started") == "recording the outcome in MLflow"
    assert ran.text("report", "done").startswith("warning: not recorded: MLflow: ")
    assert "127.0.0.1" in ran.text("report", "done")
    assert ran.state == "succeeded"


def test_a_report_that_breaks_is_told_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", REFUSES)

    ran = ended(tmp_path, "exit 7")

    assert ran.text("report", "done") == "warning: not recorded: exit code 7"
    assert ran.state == "succeeded"


def test_the_end_of_a_run_waits_for_a_server_a_few_seconds_or_as_the_user_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", REFUSES)
    show = 'echo "$MLFLOW_HTTP_REQUEST_TIMEOUT $MLFLOW_HTTP_REQUEST_MAX_RETRIES" > ended'

    ended(tmp_path, show)
    assert (tmp_path / "ended").read_text() == "8 0\n"

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "90")
    ended(tmp_path, show)
    assert (tmp_path / "ended").read_text() == "90 0\n"
