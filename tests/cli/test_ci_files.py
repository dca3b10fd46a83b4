"""The workflows and the pre-commit hook that ship with this repository."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlspec.cli.scaffold.scaffold import TEMPLATES
from mlspec.source.parser import parse_file
from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, write

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
FILES = [*sorted(WORKFLOWS.glob("*.yaml")), TEMPLATES / "dot-github/workflows/mlspec.yaml.j2"]


def steps(file: Path) -> list[dict[str, Any]]:
    jobs = parse_file(str(file)).root["jobs"]
    return [step for job in jobs.values() for step in job.get("steps", ())]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_to_a_major(file: Path) -> None:
    used = [step["uses"] for step in steps(file) if "uses" in step]

    assert used
    assert all(re.fullmatch(r"[\w./-]+@v\d+", each) for each in used)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_input_becomes_the_text_of_a_script(file: Path) -> None:
    assert not [step["run"] for step in steps(file) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_checkout_keeps_no_token(file: Path) -> None:
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"] == {"persist-credentials": False}


def test_every_make_target_of_ci_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = [
        s["run"].split()[1] for s in steps(WORKFLOWS / "ci.yaml") if "make " in s.get("run", "")
    ]

    assert {"example", "test", "lint"} <= set(called)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in called)


def test_the_commands_of_the_check_are_ours(run: Run, rendering: Path) -> None:
    commands = [s["run"] for s in steps(WORKFLOWS / "check.yaml") if "run" in s]
    values = {'"$CHECKED"': "wine", '"$OUTPUT"': "generated"}
    run("render", code=0)
    ours = [command for command in commands if command.startswith("mlspec ")]

    assert len(ours) == 3
    for command in ours:
        for name, value in values.items():
            command = command.replace(name, value)
        run(*shlex.split(command.partition(" > ")[0])[1:], code=0)


def hooks() -> dict[str, dict[str, Any]]:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    return {hook["id"]: hook for hook in yaml.safe_load(text)}


def test_the_pre_commit_hook_that_validates(run: Run, tmp_path: Path) -> None:
    hook = hooks()["mlspec-validate"]
    taken = re.compile(hook["files"])

    assert all(taken.search(f) for f in ("project.yaml", "a/b/project.yaml", "a/mlspec.lock"))
    assert not any(taken.search(f) for f in ("myproject.yaml", "project.yaml.j2", "a/values.yaml"))
    write(tmp_path, {"wine/project.yaml": PROJECT})
    run(*hook["entry"].split()[1:], code=0)


def test_the_pre_commit_hook_that_verifies(run: Run, rendering: Path) -> None:
    hook = hooks()["mlspec-verify"]
    taken = re.compile(hook["files"])

    assert all(taken.search(f) for f in ("a/project.yaml", "generated/wine/prod/maps/map.yaml"))
    assert not any(taken.search(f) for f in ("README.md", "docs/generated/a.yaml"))
    run("render", code=0)
    run(*hook["entry"].split()[1:], code=0)
    next((rendering / "generated/wine").rglob("*.yaml")).unlink()
    run(*hook["entry"].split()[1:], code=1)
