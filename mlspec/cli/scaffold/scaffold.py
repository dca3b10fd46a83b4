"""Values → the files of `mlspec init`: a project, a forge's CI, a platform.

The files are Jinja2 templates under templates/, in one folder a part, laid out as they are written:
`dot-` stands for a leading dot, and `.j2` falls away. A variable is written `@{ name }`, because
`{{` belongs to what the files themselves mean by it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
SCHEMA = ".mlspec/project.schema.json"
"""Where the scaffolded project.yaml tells editors to look for the schema."""

CI_FILES = {
    "github": ".github/workflows/mlspec.yaml",
    "gitlab": ".gitlab-ci.yml",
    "jenkins": "Jenkinsfile",
}
"""Forge → the file that it reads."""

# Legal names that a YAML reader, 1.2 or older, takes for something else than text.
_NOT_TEXT = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class Values(Record):
    """What a new project is made from. `schema` is the JSON Schema of project.yaml."""

    name: str
    team: str
    version: str
    schema: str
    ci: str = "github"
    """The forge whose file the README tells of, one of CI_FILES; another is none."""


def scaffold(values: Values) -> dict[str, str]:
    """Path below the project's folder → text, sorted by path."""
    given = {
        "name": values.name,
        "team": values.team,
        "version": values.version,
        "image": re.sub("-+", "-", values.name),  # a repository has no `--` in it
        "ci_file": CI_FILES.get(values.ci, ""),
    }
    return dict(sorted({**_rendered("project", given), SCHEMA: values.schema}.items()))


def scaffold_ci(forge: str, version: str) -> dict[str, str]:
    """The files by which a forge of CI_FILES checks with this version."""
    return _rendered(f"ci/{forge}", {"version": version})


def scaffold_platform(platform: str, repository: str, version: str) -> dict[str, str]:
    """platform.yaml, and the root of Argo CD's applications."""
    given = {"platform": platform, "repository": repository, "version": version}
    return _rendered("platform", given)


def _rendered(part: str, given: dict[str, str]) -> dict[str, str]:
    environment = _environment()
    files = {
        target: environment.get_template(f"{part}/{name}").render(given)
        for name, target in _templates(part)
    }
    return dict(sorted(files.items()))


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Jinja2's own escaping is for HTML; these files are none.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        variable_start_string="@{",
        variable_end_string="}",
        block_start_string="@%",
        block_end_string="%@",
        comment_start_string="@#",
        comment_end_string="#@",
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,
    )
    environment.filters["yaml"] = _yaml
    environment.filters["json"] = json.dumps
    return environment


def _templates(part: str) -> Iterator[tuple[str, str]]:
    """Each template's name in its part, and the path of what it becomes."""
    folder = TEMPLATES / part
    for file in folder.rglob("*.j2"):
        name = file.relative_to(folder).as_posix()
        yield name, re.sub(r"(^|/)dot-", r"\1.", name.removesuffix(".j2"))


def _yaml(name: str) -> str:
    """A legal name as YAML text."""
    return f'"{name}"' if name in _NOT_TEXT else name
