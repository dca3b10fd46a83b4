"""The hooks of this repository for pre-commit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, write

ROOT = Path(__file__).parents[2]


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
