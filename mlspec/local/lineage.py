"""Where a model comes from, as tags for what is recorded of it: the code's commit, the data."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE = "MLSPEC_LINEAGE"
"""Read by mlspec.runtime, which adds the tags to the run and the model version that it makes."""
KINDS = frozenset({"register", "report"})
"""The steps that record something in MLflow."""


def lineage(project: Path, data: Mapping[str, str], *, is_mixed: bool) -> str:
    """The tags as JSON. `data` are the digests of the sources' data by the source's name.
    `is_mixed`: some of what is recorded was made by other code than is there now."""
    tags = {f"mlspec.data.{name}": digest for name, digest in data.items()}
    return json.dumps(tags | git_tags(project, is_mixed=is_mixed))


def git_tags(project: Path, *, is_mixed: bool) -> dict[str, str]:
    """The commit and whether the code differs from it; nothing outside a repository."""
    commit = _git(project, "rev-parse", "HEAD")
    if not commit:
        return {}
    changes = _git(project, "status", "--porcelain", "--", ".")
    return {
        "mlflow.source.git.commit": commit,  # which MLflow's own pages show
        "mlspec.git.commit": commit,
        "mlspec.git.dirty": "true" if changes or is_mixed else "false",
    }


def _git(project: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *arguments],
            cwd=project,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
