"""Real Git repositories for tests, with the example's project, platform and lock in them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.cli.samples import write
from tests.specs import ROOT

FILES = ("projects/platform.yaml", "projects/example/project.yaml", "projects/example/mlspec.lock")

_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "tester",
    "GIT_AUTHOR_EMAIL": "tester@example.com",
    "GIT_COMMITTER_NAME": "tester",
    "GIT_COMMITTER_EMAIL": "tester@example.com",
}


def git(folder: Path, *words: str) -> str:
    """Runs `git` in a folder, with no configuration but the repository's own."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **_ENVIRONMENT},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def commit(folder: Path, message: str = "change") -> str:
    """Commits all there is. Returns the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, files: dict[str, str]) -> Path:
    """A repository whose branch `main` has these files."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    write(folder, files)
    commit(folder, "base")
    return folder


def example() -> dict[str, str]:
    """Path → text of the example's input files."""
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES}
