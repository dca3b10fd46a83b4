"""`mlspec run`: a project's pipeline, on this machine, from its data to a registered model."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlspec.local.folder import Folder
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, write

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
        (
            ["--step", "ingest-raw", "--param", "rows=1"],
            "--param: `clean-rows` is a parameter of clean, not of what runs now",
        ),
        (
            ["--env", "prod"],
            "--env: there is no environment `prod`; the project declares none\n",
        ),
        (["nowhere"], "nowhere does not exist"),
    ],
)
def test_what_cannot_be_is_wrong_usage(
    small: Path, run: Run, arguments: list[str], told: str
) -> None:
    assert told in run("run", *arguments, code=2).output


def test_a_step_alone_without_what_it_reads_names_the_command_to_give_first(
    small: Path, run: Run
) -> None:
    out = run("run", "project.yaml", "--step", "clean", "--param", "rows=1", code=1).output

    assert out == (
        "Error: there is no result yet of ingest-raw; "
        "run it first: mlspec run project.yaml --step ingest-raw\n"
    )
    assert "no runs yet" in run("runs", code=0).output


def test_a_step_alone_says_what_has_changed_since_what_it_takes(small: Path, run: Run) -> None:
    run("run", code=0)
    write(small, {"data/raw.csv": "grade\n1\n"})

    out = run("run", "--step", "clean", code=0).output

    assert (
        "ingest-raw  cached (taken from an earlier run; since then: inputs changed: data/raw.csv)"
    ) in out


def test_what_cannot_be_done_now_is_no_wrong_usage(small: Path, run: Run) -> None:
    run("run", code=0)

    with Folder(small).lock():
        out = run("run", code=1).output

    assert out.startswith("Error: a run of this project is going on already")


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

    out = run("run", code=1).output

    assert "Error: pyarrow is not installed; install with: pip install 'mlspec[local]'" in out
    assert not (small / ".mlspec").exists()


def test_ctrl_c_ends_with_130_and_all_that_runs(small: Path) -> None:
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


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--param rows=5",
        "--from clean",
        "--step clean",
        "--no-cache --env local",
        "--step clean --no-cache --param 'rows=1 2' -j 1 --platform platform.yaml project.yaml",
    ],
)
def test_after_an_interruption_the_command_is_named_that_goes_on(
    small: Path, run: Run, options: str
) -> None:
    """The step interrupts the runner, which is this very process, unless it may go on."""
    write(small, {"platform.yaml": PLATFORM, "clean.sh": 'touch "$3"'})
    run("run", code=0)
    script = '[ -e .talk/go ] || { kill -INT $PPID; sleep 600; }; touch "$3"'
    write(small, {"clean.sh": script})

    stopped = run("run", *shlex.split(options), code=130).output
    write(small, {".talk/go": ""})
    hint = re.fullmatch("`mlspec (.*)` goes on where it stopped", stopped.splitlines()[-1])
    assert hint, stopped
    went_on = run(*shlex.split(hint[1]), code=0).output

    assert went_on.split()[:2] == ["resumed", stopped.split()[1]]


def test_what_to_do_next_is_about_the_same_project(small: Path, run: Run) -> None:
    write(small, {"clean.sh": "exit 1"})

    out = run("run", small, code=1).output

    assert f"`mlspec runs last --project {small}` shows this run again" in out
