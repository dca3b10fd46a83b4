"""Fixtures of the tests of what other programs run: forges, pre-commit, Argo CD."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.forge import Forge
from tests.cli.conftest import place, rendering, run

__all__ = ["commands", "forge", "place", "rendering", "run"]


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder for the front of PATH: `mlspec` and `python` are this checkout's, and whatever
    would fetch from an index (`pip`) does nothing."""
    folder = tmp_path / "commands"
    folder.mkdir()
    root = Path(__file__).parents[2]
    for name, text in {
        "mlspec": f'PYTHONPATH="{root}" exec "{sys.executable}" -m mlspec "$@"',
        "python": f'exec "{sys.executable}" "$@"',
        "pip": ":",
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def forge() -> Iterator[Forge]:
    """A stand-in for the API of GitHub and of GitLab."""
    with Forge.started() as forge:
        yield forge


@pytest.fixture(autouse=True)
def no_settings_of_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Git's own, nor those of a CI that runs the tests."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "CI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
