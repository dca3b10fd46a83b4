"""The workflows and the action of this repository, as values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mlspec.cli.scaffold.scaffold import CI_FILES, scaffold_ci

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"


class Workflow(NamedTuple):
    """A workflow, or the action."""

    name: str
    text: str

    @property
    def content(self) -> Any:
        return yaml.safe_load(self.text)

    @property
    def jobs(self) -> dict[str, Any]:
        jobs: dict[str, Any] = self.content.get("jobs", {})
        return jobs

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Of all jobs, or of the action."""
        own = self.content.get("runs", {}).get("steps", ())
        return [*own, *(step for job in self.jobs.values() for step in job.get("steps", ()))]

    def script(self, name: str, job: str | None = None) -> str:
        """The script of the step with this name."""
        steps = self.steps if job is None else self.jobs[job]["steps"]
        [step] = [each for each in steps if each.get("name") == name]
        text: str = step["run"]
        return text

    @property
    def used(self) -> Iterator[tuple[str, str]]:
        """What each `uses` names, and the comment behind it."""
        for match in re.finditer(r"^\s*(?:- )?uses: (\S+)(.*)$", self.text, re.MULTILINE):
            yield match[1], match[2].strip()


def from_file(path: Path) -> Workflow:
    return Workflow(path.name, path.read_text(encoding="utf-8"))


CHECK, MERGE, CI = (from_file(WORKFLOWS / f"{name}.yaml") for name in ("check", "merge", "ci"))
ACTION = from_file(ROOT / "action.yml")
SCAFFOLDED = Workflow("scaffolded.yaml", scaffold_ci("github", "1.2.3")[CI_FILES["github"]])
ALL = (CHECK, MERGE, CI, ACTION, SCAFFOLDED)
