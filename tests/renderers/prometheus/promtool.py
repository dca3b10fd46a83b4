"""The real promtool: the judge of whether a rule is PromQL, and of what it does."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from .cases import groups_of

if TYPE_CHECKING:
    from pathlib import Path

    from mlspec.plan.model import Plan


def promtool(folder: Path, *words: str) -> None:
    """Run promtool in `folder`; what it complains of fails the test."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    run = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def write_rules(plan: Plan, folder: Path) -> None:
    """The spec of a PrometheusRule is a rule file: `rules.yaml`, which the scenarios name."""
    text = yaml.safe_dump({"groups": groups_of(plan)}, sort_keys=False)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
