"""What is recorded says which commit it came from, and whether the folder differed from it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mlspec.local.lineage import git_tags, lineage
from tests.local.pipelines import plan, run_plan, run_steps, step


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "train.py").touch()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


def test_the_commit_is_told_and_what_runs_leave_behind_is_no_difference(repository: Path) -> None:
    run_steps(repository, step("clean"))
    commit = git(repository, "rev-parse", "HEAD")

    assert git_tags(repository, is_mixed=False) == {
        "mlflow.source.git.commit": commit,
        "mlspec.git.commit": commit,
        "mlspec.git.dirty": "false",
    }


@pytest.mark.parametrize("name", ["train.py", "new.py"])
def test_a_folder_that_differs_from_the_commit_is_dirty(repository: Path, name: str) -> None:
    (repository / name).write_text("x", encoding="utf-8")

    assert git_tags(repository, is_mixed=False)["mlspec.git.dirty"] == "true"


def test_a_model_of_other_code_than_the_commit_s_is_not_told_to_be_of_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step alone takes the model that is there, although the code has changed since."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.test")
    told = plan(
        step("train"),
        step("register", 'echo "$MLSPEC_LINEAGE" > <output out>', kind="register", reads=["train"]),
        env={"MLFLOW_TRACKING_URI": ""},
    )
    whole = run_plan(repository, told)
    (repository / "train.py").write_text("new", encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "two")

    alone = run_plan(repository, told, only="register")

    tags = [json.loads(ran.read("register")) for ran in (whole, alone)]
    assert [each["mlspec.git.dirty"] for each in tags] == ["false", "true"]


def test_outside_a_repository_only_the_data_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    tags = json.loads(lineage(tmp_path, {"raw": "ab12"}, is_mixed=False))

    assert tags == {"mlspec.data.raw": "ab12"}


def test_without_git_nothing_is_told_of_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    assert git_tags(repository, is_mixed=False) == {}
