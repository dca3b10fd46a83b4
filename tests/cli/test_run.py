"""`mlspec run`: a project's pipeline, on this machine, from its data to a registered model."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlspec.local.folder import Folder
from tests.cli.conftest import Run
from tests.cli.samples import write

PROJECT = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {name: wine, team: cellar}
image: ghcr.io/acme/wine:1.0.0
data:
  sources:
    raw:
      type: s3
      uri: s3://cellar/raw.csv
      format: csv
      credentials: {secret: s3}
      schema: {grade: {type: int, enum: [0, 1]}}
transforms:
  clean:
    run: cp ${{ inputs.raw }} ${{ outputs.tidy }}
    inputs: [raw]
    outputs: {tidy: {format: csv}}
training:
  grader:
    run: sh train.sh ${{ outputs.model }} ${{ params.f1 }}
    inputs: [tidy]
    params: {f1: 0.9}
    evaluate:
      run: sh evaluate.sh ${{ inputs.model }} ${{ metrics }}
      metrics: [f1]
registry:
  type: mlflow
  models:
    grader: {alias: champion, gates: {f1: {min: 0.5, no_worse_than: champion}}}
environments:
  local: {data: {sources: {raw: {type: file, uri: data/raw.csv, credentials: null}}}}
  prod: {}
"""

FILES = {
    "project.yaml": PROJECT,
    "data/raw.csv": "grade\n0\n1\n",
    "train.sh": 'mkdir "$1"; echo "flavors: {}" > "$1/MLmodel"; echo "$2" > "$1/f1"\n',
    "evaluate.sh": 'echo "{\\"f1\\": $(cat "$1/f1")}" > "$2"\n',
}

NO_MODEL = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {name: wine, team: cellar}
image: ghcr.io/acme/wine:1.0.0
data:
  sources: {raw: {type: file, uri: data/raw.csv, format: csv}}
transforms:
  clean: {run: "sh clean.sh ${{ inputs.raw }} ${{ params.rows }} ${{ outputs.tidy }}",
    inputs: [raw], outputs: [tidy], params: {rows: 10}}
"""


@pytest.fixture
def without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that concludes a run talks to MLflow, whose import takes seconds: here it only says
    that it was there. One test does without this."""
    from mlspec.plan import pipeline

    def runtime(*words: str) -> tuple[tuple[str], ...]:
        return (("echo",), *((word,) for word in words))

    monkeypatch.setattr(pipeline, "runtime", runtime)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.invalid")


def git(*arguments: str) -> str:
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
    done = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def registry(folder: Path) -> Any:
    from mlflow import MlflowClient

    uri = f"sqlite:///{folder.resolve()}/.mlspec/mlflow.db"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


@pytest.mark.filterwarnings("ignore")  # of MLflow about its own future
def test_a_model_is_registered_and_a_worse_one_is_kept_out(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way, with the real MLflow on SQLite."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    write(tmp_path, FILES)
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")

    good = run("run", code=0).output

    assert "gate-grader" in good
    assert "f1      >= 0.5" in good
    assert "succeeded: 7 run" in good
    assert "model wine.local.grader version 1 is now champion" in good
    client = registry(tmp_path)
    version = client.get_model_version_by_alias("wine.local.grader", "champion")
    assert version.tags["mlspec.git.commit"] == git("rev-parse", "HEAD")
    assert version.tags["mlspec.git.dirty"] == "false"
    assert len(version.tags["mlspec.data.raw"]) == 64
    made = client.get_run(version.run_id)
    assert made.data.metrics == {"f1": 0.9}
    assert made.data.params == {"f1": "0.9"}
    assert made.info.artifact_uri.startswith((tmp_path / ".mlspec/mlartifacts").as_uri())
    published = tmp_path / ".mlspec/artifacts/models/grader/champion/f1"
    assert published.read_text(encoding="utf-8") == "0.9\n"

    worse = run("run", "--param", "f1=0.6", code=1).output

    assert "grader           run: parameter f1 0.9 → 0.6" in worse
    assert "f1      no worse than champion: >= 0.9  0.6    FAIL" in worse
    assert "failed: 3 cached, 2 run, 1 failed, 1 not run" in worse
    assert "is now champion" not in worse
    version = client.get_model_version_by_alias("wine.local.grader", "champion")
    assert str(version.version) == "1"
    assert published.read_text(encoding="utf-8") == "0.9\n"
    shown = run("runs", "last", code=0).output
    assert "no worse than champion: >= 0.9  0.6    FAIL" in shown


def test_data_that_is_not_as_declared_stops_the_run_and_every_fault_is_told(
    tmp_path: Path, run: Run, without_end: None
) -> None:
    write(tmp_path, {**FILES, "data/raw.csv": "grade\n0\n7\nseven\n"})

    out = run("run", code=1).output

    assert "check-raw        FAILED" in out
    assert "grade: expected" in out
    assert "clean            skipped" in out
    assert "check-raw.log" in out


def test_an_output_without_a_declared_column_is_found_by_its_check(
    tmp_path: Path, run: Run, without_end: None
) -> None:
    schema = "outputs: {tidy: {format: csv, schema: {grade: int}}}"
    spec = PROJECT.replace("outputs: {tidy: {format: csv}}", schema)
    spec = spec.replace("cp ${{ inputs.raw }} $", "sh clean.sh $")
    write(tmp_path, {**FILES, "project.yaml": spec, "clean.sh": 'echo "grape\n1" > "$1"'})

    out = run("run", code=1).output

    assert "check-tidy" in out
    assert "grade: expected a column, found none" in out


@pytest.fixture
def small(tmp_path: Path, without_end: None) -> Path:
    """A project of two steps that need no library."""
    clean = 'head -n "$2" "$1" > "$3"; echo cleaned "$2"'
    write(
        tmp_path,
        {"project.yaml": NO_MODEL, "data/raw.csv": "grade\n0\n1\n", "clean.sh": clean},
    )
    return tmp_path


def test_what_has_not_changed_is_not_run_again(small: Path, run: Run) -> None:
    first, second = run("run", code=0).output, run("run", code=0).output

    assert "clean       run: first run" in first
    assert "succeeded: 2 run" in first
    assert "clean       cached (nothing it depends on has changed)" in second
    assert "succeeded: 2 cached" in second


def test_a_parameter_by_its_bare_name(small: Path, run: Run) -> None:
    run("run", code=0)

    assert "run: parameter rows 10 → 1" in run("run", "--param", "rows=1", code=0).output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--param", "rowz=1"], "--param: there is no parameter `rowz`; did you mean `rows`?"),
        (["--param", "rows"], "--param: expected NAME=VALUE, found `rows`"),
        (["--step", "claen"], "there is no step `claen`; did you mean `clean`?"),
        (["--step", "clean", "--from", "clean"], "--step and --from exclude each other"),
        (["--env", "prod"], "--env: there is no environment `prod`"),
        (["nowhere"], "nowhere does not exist"),
        (["--step", "clean"], "run it first, with `mlspec run --step ingest-raw`"),
    ],
)
def test_what_cannot_be_is_wrong_usage(
    small: Path, run: Run, arguments: list[str], told: str
) -> None:
    assert told in run("run", *arguments, code=2).output


def test_one_step_with_what_it_prints(small: Path, run: Run) -> None:
    run("run", code=0)

    out = run("run", "--step", "clean", "--follow", code=0).output

    assert "clean       | cleaned 10" in out
    assert "ingest-raw  cached (nothing it depends on has changed)" in out


def test_a_mistake_in_another_environment_is_none_here(small: Path, run: Run) -> None:
    overlays = "environments:\n  local: {}\n  prod: {transforms: {clean: {runs: x}}}\n"
    write(small, {"project.yaml": NO_MODEL + overlays})

    run("run", code=0)


def test_a_mistake_here_is_told_as_validate_tells_it(small: Path, run: Run) -> None:
    write(small, {"project.yaml": NO_MODEL.replace("inputs: [raw]", "inputs: [rwa]")})

    out = run("run", code=1).output

    assert "MLS201" in out
    assert not (small / ".mlspec").exists()


def test_a_missing_extra_is_named_before_anything_runs(
    small: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def hidden(name: str, *more: Any) -> Any:
        return None if name == "pyarrow" else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", hidden)

    out = run("run", code=2).output

    assert "pyarrow is not installed; install with: pip install 'mlspec[local]'" in out
    assert not (small / ".mlspec").exists()


def test_runs_are_listed_and_shown(small: Path, run: Run) -> None:
    assert "no runs yet" in run("runs", code=0).output
    run("run", code=0)
    run("run", "--param", "rows=1", code=0)

    listed = run("runs", code=0).output.splitlines()
    one = run("runs", "last", code=0).output
    [latest, first] = json.loads(run("runs", "--format", "json", code=0).output)

    assert listed[0].split() == ["run", "env", "ended", "took", "steps", "metrics"]
    assert listed[1].startswith(latest["run"])
    assert listed[2].startswith(first["run"])
    assert "parameters: rows=1" in one
    assert "parameter rows 10 → 1" in one
    assert run("runs", first["run"][-4:], code=0).output.startswith(first["run"])
    assert "there is no run `nothing`" in run("runs", "nothing", code=2).output


def test_a_run_that_lost_its_process_is_shown_as_crashed(small: Path, run: Run) -> None:
    run("run", code=0)
    [file] = (small / ".mlspec/runs").glob("*/run.json")
    value = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**value, "state": "running"}), encoding="utf-8")

    assert " crashed " in run("runs", code=0).output
    with Folder(small).lock():
        assert " running " in run("runs", code=0).output


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(small: Path) -> None:
    os.mkfifo(small / ".reached")
    write(small, {"clean.sh": "echo up > .reached; sleep 600"})
    env = {**os.environ, "MLFLOW_TRACKING_URI": "http://mlflow.invalid"}
    process = subprocess.Popen(
        [sys.executable, "-m", "mlspec", "run"],
        cwd=small,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    with (small / ".reached").open(encoding="utf-8") as stream:
        stream.read()

    process.send_signal(2)
    out = process.communicate()[0]

    assert process.returncode == 130
    assert "clean       stopped after" in out
    assert out.splitlines()[-1] == "`mlspec run` goes on where it stopped"
