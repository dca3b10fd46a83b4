"""What `mlspec init --ci gitlab` writes, run as a runner runs it; GitLab's API is a stand-in."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from mlspec.cli.scaffold.scaffold import scaffold_ci
from tests.ci.forge import TOKEN, Forge
from tests.ci.git import bash, commit, git, repository_of_a_project
from tests.ci.scripts import MARKER, needs_diff
from tests.cli.samples import PROJECT, write

FILES = scaffold_ci("gitlab", "1.2.3")
PIPELINE: dict[str, Any] = yaml.safe_load(FILES[".gitlab-ci.yml"])
JOBS = {name: job for name, job in PIPELINE.items() if isinstance(job, dict) and "script" in job}


def script(name: str) -> str:
    """What a runner makes of a job: the lines of both parts, one after the other."""
    job = JOBS[name]
    before = PIPELINE[job["extends"]]["before_script"] if "extends" in job else []
    return "\n".join([*before, *job["script"]])


def in_job(name: str, folder: Path, commands: Path, **given: object) -> CompletedProcess[str]:
    variables = {**PIPELINE["variables"], "CI_PROJECT_DIR": folder, **given}
    return bash(script(name), folder, commands, **variables)


@pytest.fixture
def repository(tmp_path: Path, commands: Path) -> Path:
    """A rendered project, and this pipeline."""
    folder = repository_of_a_project(tmp_path / "repository")
    assert bash("mlspec render", folder, commands).returncode == 0
    commit(folder, FILES, "Render")
    return folder


# ── the pipeline ──────────────────────────────────────────────────────────────────────────────────


def test_the_published_schema_accepts_it(tmp_path: Path) -> None:
    from check_jsonschema import main  # type: ignore[import-not-found, unused-ignore]
    from click.testing import CliRunner

    write(tmp_path, FILES)
    file = str(tmp_path / ".gitlab-ci.yml")

    result = CliRunner().invoke(main, ["--builtin-schema", "vendor.gitlab-ci", file])

    assert result.exit_code == 0, result.output


def test_each_job_has_a_stage_and_an_end() -> None:
    for name, job in JOBS.items():
        assert job["stage"] in PIPELINE["stages"], name
        assert "timeout" in {**PIPELINE.get(job.get("extends", ""), {}), **job}, name


def test_the_installed_version_is_this_one() -> None:
    assert PIPELINE["variables"]["MLSPEC"] == "mlspec==1.2.3"


@pytest.mark.parametrize(
    ("token", "job"), [("MLSPEC_TOKEN", "note"), ("MLSPEC_PUSH_TOKEN", "merge")]
)
def test_no_token_is_in_the_file_and_each_is_one_jobs(token: str, job: str) -> None:
    assert token not in PIPELINE["variables"]
    text = {name: script(name) + json.dumps(JOBS[name]) for name in JOBS}
    text["note"] += FILES[".gitlab/mlspec_note.py"]
    assert [name for name in JOBS if re.search(rf"\b{token}\b", text[name])] == [job]


def test_nothing_is_rendered_after_a_merge_unless_it_is_asked_for() -> None:
    assert PIPELINE["variables"]["MLSPEC_COMMIT"] == "false"
    [rule] = JOBS["merge"]["rules"]
    assert rule["if"] == '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $MLSPEC_COMMIT == "true"'
    assert JOBS["verify"]["rules"] == [{"if": '$MLSPEC_COMMIT != "true"'}]


def test_no_merge_is_interrupted_or_overtaken() -> None:
    assert JOBS["merge"]["interruptible"] is False
    assert JOBS["merge"]["resource_group"] == "mlspec-merge"


# ── checks ────────────────────────────────────────────────────────────────────────────────────────


def test_validate_and_verify(repository: Path, commands: Path) -> None:
    for name in ("validate", "verify"):
        done = in_job(name, repository, commands)
        assert done.returncode == 0, done.stdout + done.stderr
    report = repository / JOBS["validate"]["artifacts"]["reports"]["codequality"]
    assert json.loads(report.read_text()) == []


def test_a_mistake_fails_the_job_and_is_in_the_report(repository: Path, commands: Path) -> None:
    write(repository, {"wine/project.yaml": PROJECT.replace("[raw]", "[rawr]")})

    done = in_job("validate", repository, commands)

    assert done.returncode == 1
    assert "error[MLS201]" in done.stdout
    [entry] = json.loads((repository / "gl-code-quality-report.json").read_text())
    assert entry["location"] == {"path": "wine/project.yaml", "lines": {"begin": 11}}


def test_a_repository_without_projects_fails(tmp_path: Path, commands: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert in_job("validate", tmp_path / "empty", commands).returncode != 0


def test_a_manifest_that_is_not_rendered_fails(repository: Path, commands: Path) -> None:
    write(repository, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})

    assert in_job("verify", repository, commands).returncode == 1


@needs_diff
def test_the_diff_of_a_merge_request(repository: Path, commands: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    commit(repository, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})

    done = in_job("diff", repository, commands, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert done.returncode == 0, done.stderr
    text = (repository / "mlspec-diff.md").read_text()
    assert text.startswith(f"{MARKER}\n") and "wine:1.1.0" in unescape(text)


# ── the note ──────────────────────────────────────────────────────────────────────────────────────


def note(forge: Forge, folder: Path, commands: Path, text: str, token: str = TOKEN) -> int:
    write(folder, {**FILES, "mlspec-diff.md": text})
    done = in_job(
        "note", folder, commands, MLSPEC_TOKEN=token, CI_API_V4_URL=f"{forge.url}/api/v4",
        CI_MERGE_REQUEST_PROJECT_ID=3, CI_MERGE_REQUEST_IID=12,
    )  # fmt: skip
    assert token not in done.stdout + done.stderr
    return done.returncode


def test_the_first_note_is_written(forge: Forge, tmp_path: Path, commands: Path) -> None:
    text = f'{MARKER}\n"quotes" `$(id)` ü\n'

    assert note(forge, tmp_path, commands, text) == 0

    assert forge.bodies == [text]
    assert forge.requests[-1] == "POST /api/v4/projects/3/merge_requests/12/notes"


def test_the_second_note_takes_the_place_of_the_first(
    forge: Forge, tmp_path: Path, commands: Path
) -> None:
    for number in range(220):
        forge.add(f"{MARKER}\nby somebody else {number}", user={"id": 1})

    assert note(forge, tmp_path, commands, f"{MARKER}\nfirst") == 0
    assert note(forge, tmp_path, commands, f"{MARKER}\nsecond") == 0

    assert forge.bodies[-1] == f"{MARKER}\nsecond"
    assert len(forge.bodies) == 221
    assert forge.requests[-1] == "PUT /api/v4/projects/3/merge_requests/12/notes/320"


@pytest.mark.parametrize("count", [0, 100])
def test_full_pages_without_it_come_to_an_end(
    forge: Forge, tmp_path: Path, commands: Path, count: int
) -> None:
    for number in range(count):
        forge.add(f"note {number}")

    assert note(forge, tmp_path, commands, MARKER) == 0
    assert forge.bodies[-1] == MARKER


def test_a_token_that_may_not_is_an_error(forge: Forge, tmp_path: Path, commands: Path) -> None:
    assert note(forge, tmp_path, commands, MARKER, token="another") != 0
    assert forge.bodies == []


# ── the merge ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def merged(repository: Path, tmp_path: Path) -> Path:
    """A runner's clone of a branch that was merged and not rendered; `server` is beside it."""
    commit(repository, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")}, "Merge")
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "server.git")
    git(tmp_path / "server.git", "config", "receive.advertisePushOptions", "true")
    hook = tmp_path / "server.git" / "hooks" / "pre-receive"
    hook.write_text(f'#!/bin/sh\necho "$GIT_PUSH_OPTION_0" >>"{tmp_path}/options"\n')
    hook.chmod(0o755)
    git(tmp_path, "clone", "--quiet", f"file://{tmp_path}/server.git", "runner")
    return tmp_path / "runner"


def merge(folder: Path, commands: Path) -> CompletedProcess[str]:
    return in_job(
        "merge", folder, commands, CI_COMMIT_BRANCH="main", CI_SERVER_HOST="gitlab.example.com",
        CI_PROJECT_URL=f"file://{folder.parent}/server", MLSPEC_PUSH_TOKEN="secret",
    )  # fmt: skip


def log_of(folder: Path) -> list[str]:
    text = git(folder.parent / "server.git", "log", "--format=%s", "main")
    return [line.split()[0] for line in text.splitlines()]


def test_what_was_merged_is_rendered_and_starts_no_pipeline(merged: Path, commands: Path) -> None:
    done = merge(merged, commands)

    assert done.returncode == 0, done.stderr
    assert log_of(merged) == ["Render", "Merge", "Render", "Begin"]
    assert (merged.parent / "options").read_text() == "ci.skip\n"
    files = git(merged.parent / "server.git", "show", "--name-only", "--format=", "main")
    assert all(file.startswith("generated/wine/") for file in files.splitlines())


def test_there_is_no_circle(merged: Path, commands: Path) -> None:
    merge(merged, commands)

    assert merge(merged, commands).returncode == 0
    assert log_of(merged) == ["Render", "Merge", "Render", "Begin"]


def test_two_versions_of_mlspec_do_not_commit_in_turn(merged: Path, commands: Path) -> None:
    merge(merged, commands)
    command = commands / "mlspec"
    text = command.read_text().replace("exec ", "")
    command.write_text(f"{text}\necho other >>generated/wine/dev/rbac/x\n")

    done = merge(merged, commands)

    assert done.returncode == 1
    assert "the last commit was rendered here" in done.stderr
    assert log_of(merged) == ["Render", "Merge", "Render", "Begin"]
