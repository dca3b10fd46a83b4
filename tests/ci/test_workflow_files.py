"""What holds of every workflow: rights, pins, schemas, no input that becomes a script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ci.workflows import ACTION, ALL, CHECK, CI, MERGE, ROOT, SCAFFOLDED, WORKFLOWS, Workflow

each_file = pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)


def test_no_workflow_is_overlooked() -> None:
    assert {file.name for file in WORKFLOWS.iterdir()} == {CHECK.name, MERGE.name, CI.name}


@each_file
def test_actions_of_others_are_pinned_to_a_commit_with_its_version(workflow: Workflow) -> None:
    for used, comment in workflow.used:
        if not used.startswith(("./", "mlspec/mlspec/")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), used
            assert re.fullmatch(r"# v\d+\.\d+\.\d+", comment), f"{used} {comment}"


def test_an_action_is_the_same_commit_everywhere() -> None:
    others = {
        pair for workflow in ALL for pair in workflow.used if re.search("@[0-9a-f]{40}", pair[0])
    }
    names = [used.partition("@")[0] for used, _ in others]

    assert len(names) == len(set(names)) == 4


def test_workflows_of_ours_are_called_in_the_version_that_is_installed() -> None:
    ours = [used for used, _ in SCAFFOLDED.used]

    assert len(ours) == 2
    for used in ours:
        path, _, version = used.removeprefix("mlspec/mlspec/").partition("@")
        assert (ROOT / path).is_file()
        assert version == "v1.2.3"
    assert SCAFFOLDED.text.count("install: mlspec==1.2.3\n") == 2


@each_file
def test_no_expression_becomes_the_text_of_a_script(workflow: Workflow) -> None:
    assert not [step["run"] for step in workflow.steps if "${{" in step.get("run", "")]


@each_file
def test_a_checkout_keeps_no_token(workflow: Workflow) -> None:
    for step in workflow.steps:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


RIGHTS = {
    ("check.yaml", "check"): {"contents": "read"},
    ("check.yaml", "sarif"): {"actions": "read", "contents": "read", "security-events": "write"},
    ("check.yaml", "comment"): {"pull-requests": "write"},
    ("merge.yaml", "merge"): None,  # what the caller grants: the file says why
    ("ci.yaml", "test"): {"contents": "read"},
    ("ci.yaml", "lint"): {"contents": "read"},
    ("ci.yaml", "action"): {"contents": "read"},
    ("ci.yaml", "check"): {
        "actions": "read",
        "contents": "read",
        "pull-requests": "write",
        "security-events": "write",
    },
    ("scaffolded.yaml", "check"): {
        "actions": "read",
        "contents": "read",
        "pull-requests": "write",
        "security-events": "write",
    },
    ("scaffolded.yaml", "merge"): {"contents": "read"},
}


def test_each_job_has_the_rights_that_it_needs_and_no_more() -> None:
    found = {
        (workflow.name, name): job.get("permissions", workflow.content.get("permissions"))
        for workflow in ALL
        for name, job in workflow.jobs.items()
    }

    assert found == RIGHTS


def test_callers_grant_what_the_called_jobs_ask_for() -> None:
    """GitHub starts no workflow that asks for more."""
    asked = {right for job in CHECK.jobs.values() for right in job["permissions"].items()}

    for caller in (CI, SCAFFOLDED):
        assert set(caller.jobs["check"]["permissions"].items()) == asked
    assert all(f"{name}: {kind}" in CHECK.text.partition("name: check")[0] for name, kind in asked)


def test_a_job_that_may_write_runs_no_code_of_the_repository() -> None:
    """`verify`, `diff` and `render` load renderers that a platform names; `validate` loads none."""
    for job in CHECK.jobs.values():
        scripts = "\n".join(step.get("run", "") for step in job["steps"])
        if "write" in job["permissions"].values():
            assert not re.search(r"^ *mlspec (?!validate )", scripts, re.MULTILINE)


@each_file
def test_each_job_ends_some_time(workflow: Workflow) -> None:
    for name, job in workflow.jobs.items():
        if "uses" not in job:
            assert job["timeout-minutes"] <= 30, name


def test_jobs_that_write_do_not_overtake_one_another() -> None:
    groups = {name: job.get("concurrency", {}).get("group") for name, job in CHECK.jobs.items()}

    assert groups["comment"] == "mlspec-comment-${{ github.event.pull_request.number }}"
    assert MERGE.jobs["merge"]["concurrency"]["group"] == "mlspec-merge-${{ github.ref }}"


def test_a_merge_is_never_cancelled_half_way() -> None:
    assert MERGE.jobs["merge"]["concurrency"]["cancel-in-progress"] is False


def test_no_workflow_hands_a_token_to_strangers() -> None:
    for workflow in ALL:
        triggers = workflow.content.get(True, {})  # YAML 1.1 reads `on` as true
        assert "pull_request_target" not in triggers
        assert "secrets: inherit" not in workflow.text


def test_every_make_target_of_ci_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = [s["run"].split()[1] for s in CI.steps if s.get("run", "").startswith("make ")]

    assert {"example", "test", "lint"} <= set(called)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in called)


@each_file
def test_the_published_schemas_accept_it(workflow: Workflow, tmp_path: Path) -> None:
    from check_jsonschema import main  # type: ignore[import-not-found, unused-ignore]
    from click.testing import CliRunner

    schema = "vendor.github-actions" if workflow is ACTION else "vendor.github-workflows"
    file = tmp_path / "it.yaml"
    file.write_text(workflow.text, encoding="utf-8")

    result = CliRunner().invoke(main, ["--builtin-schema", schema, str(file)])

    assert result.exit_code == 0, result.output


def test_the_documentation_names_every_input() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")

    for workflow in (CHECK, MERGE):
        inputs = workflow.content[True]["workflow_call"]["inputs"]
        assert all(f"`{name}`" in text for name in inputs), workflow.name
    assert all(f"{name}:" in text for name in ACTION.content["inputs"] if name != "python-version")


def actionlint() -> str:
    """Where it is: named by MLSPEC_ACTIONLINT, or on PATH."""
    found = os.environ.get("MLSPEC_ACTIONLINT") or shutil.which("actionlint")
    if found is None:
        pytest.skip("actionlint is not installed (.ci/run tries to)")
    return found


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    program = actionlint()
    folder = tmp_path / ".github" / "workflows"
    shutil.copytree(WORKFLOWS, folder)
    (folder / SCAFFOLDED.name).write_text(SCAFFOLDED.text, encoding="utf-8")
    (tmp_path / "action.yml").write_text(ACTION.text, encoding="utf-8")  # `uses: ./` reads it
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)

    # Without the linters of scripts that it calls if they are there: each has its own mind.
    done = subprocess.run(
        [program, "-no-color", "-shellcheck=", "-pyflakes="],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
