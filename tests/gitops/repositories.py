"""Real Git repositories for tests, which know nothing of the developer's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.cli.samples import write
from tests.specs import ROOT

FILES = ("projects/platform.yaml", "projects/example/project.yaml", "projects/example/mlspec.lock")

QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
}
"""For every Git of a test, also for that which mlspec starts."""

_TESTER = {
    "GIT_AUTHOR_NAME": "tester",
    "GIT_AUTHOR_EMAIL": "tester@example.com",
    "GIT_COMMITTER_NAME": "tester",
    "GIT_COMMITTER_EMAIL": "tester@example.com",
}
"""Only for the test's own commands: what mlspec commits needs an identity in the repository."""


def git(folder: Path, *words: str, code: int = 0) -> str:
    """What `git` prints in a folder, with no configuration but the repository's own."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **QUIET, **_TESTER},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.strip()


def commit(folder: Path, message: str = "change") -> str:
    """Commits all there is. Returns the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, files: dict[str, str]) -> Path:
    """A repository whose branch `main` has these files."""
    Repo.make(folder, identity=False)
    write(folder, files)
    commit(folder, "base")
    return folder


def example() -> dict[str, str]:
    """Path → text of the example's input files."""
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES}


class Repo:
    """A working tree, and Git in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def make(cls, root: Path, *, identity: bool = True) -> Repo:
        root.mkdir(parents=True, exist_ok=True)
        repo = cls(root)
        repo.git("init", "--quiet", "--initial-branch", "main")
        if identity:
            repo.identify()
        return repo

    def identify(self) -> None:
        self.git("config", "user.name", "Ana")
        self.git("config", "user.email", "ana@example.com")

    def git(self, *words: str, code: int = 0) -> str:
        return git(self.root, *words, code=code)

    def commit(self, message: str = "Change") -> str:
        return commit(self.root, message)

    def merge(self, branch: str) -> None:
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)

    def hook(self, name: str, script: str) -> None:
        folder = Path(self.git("rev-parse", "--path-format=absolute", "--git-common-dir"))
        file = folder / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    @property
    def tree(self) -> str:
        """What is committed, as one digest: equal only if every byte is."""
        return self.git("rev-parse", "HEAD^{tree}")

    @property
    def branches(self) -> list[str]:
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()

    def state(self) -> dict[str, str]:
        """All that a command which fails must leave as it was."""
        return {
            "head": self.head,
            "ref": self.git("rev-parse", "--abbrev-ref", "HEAD"),
            "branches": " ".join(self.branches),
            "index": self.git("ls-files", "--stage"),
            "status": self.git("status", "--porcelain"),
            "worktrees": self.git("worktree", "list", "--porcelain"),
        }
