"""Values → the files of a new project.

The files are Jinja2 templates under templates/, laid out as the project is: `dot-` stands for a
leading dot, and `.j2` falls away. A variable is written `@{ name }`, because `{{` belongs to what
the files themselves mean by it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = Path(__file__).with_name("templates")
SCHEMA = ".mlspec/project.schema.json"
"""Where the scaffolded project.yaml tells editors to look for the schema."""

# Legal names that a YAML reader, 1.2 or older, takes for something else than text.
_NOT_TEXT = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class Values(Record):
    """What a new project is made from. `schema` is the JSON Schema of project.yaml."""

    name: str
    team: str
    version: str
    schema: str


def scaffold(values: Values) -> dict[str, str]:
    """Path below the project's folder → text, sorted by path."""
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
        autoescape=False,
    )
    environment.filters["yaml"] = _yaml
    given = {
        "name": values.name,
        "team": values.team,
        "version": values.version,
        "image": re.sub("-+", "-", values.name),  # a repository has no `--` in it
    }
    files = {target: environment.get_template(name).render(given) for name, target in _templates()}
    return dict(sorted({**files, SCHEMA: values.schema}.items()))


def _templates() -> Iterator[tuple[str, str]]:
    """Each template's name, and the path of what it becomes."""
    for file in TEMPLATES.rglob("*.j2"):
        name = file.relative_to(TEMPLATES).as_posix()
        yield name, re.sub(r"(^|/)dot-", r"\1.", name.removesuffix(".j2"))


def _yaml(name: str) -> str:
    """A legal name as YAML text."""
    return f'"{name}"' if name in _NOT_TEXT else name
