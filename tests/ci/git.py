"""Real Git repositories for the tests of what CI runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.cli.samples import PROJECT, write


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", *identity, "-c", "init.defaultBranch=main", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str], message: str = "Change") -> str:
    """Writes the files and commits all there is. Returns the commit."""
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def repository_of_a_project(folder: Path) -> Path:
    """With the project `wine` in a folder of that name, not yet rendered."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(folder, {"wine/project.yaml": PROJECT}, "Begin")
    return folder


def bash(
    script: str,
    folder: Path,
    commands: Path,
    shell: tuple[str, ...] = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail"),
    **variables: object,
) -> subprocess.CompletedProcess[str]:
    """Runs a script as a forge's runner does: from a file, with `commands` first on PATH."""
    file = commands / "script"
    file.write_text(script)
    environment = {
        **os.environ,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        **{name: str(value) for name, value in variables.items()},
    }
    return subprocess.run(
        [*shell, str(file)], cwd=folder, env=environment, capture_output=True, text=True
    )
