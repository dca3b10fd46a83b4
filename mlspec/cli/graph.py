"""`mlspec graph`: draws what a project becomes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlspec.cli.options import platform_option

if TYPE_CHECKING:
    from mlspec.cli.compilation import Compilation
    from mlspec.plan.model import Plan

FORMATS = ("mermaid", "svg", "html")
"""Each is drawn by the function of its name in the module of its name."""

_FORMAT_OF = {".svg": "svg", ".html": "html", ".htm": "html"}
_NOT_DRAWN = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".dot")
"""Names of files that promise another format than there is."""


@click.command("graph")
@click.argument("path", type=click.Path(readable=False), default=".")
@click.option("--env", "environment", metavar="NAME", help="Default: the first that is rendered.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS),
    help="Default: what the name of FILE says, else mermaid.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write it to FILE, making folders as needed, instead of printing it.",
)
@platform_option
def command(
    path: str,
    environment: str | None,
    wanted: str | None,
    output: str | None,
    platform: str | None,
) -> None:
    """Draw what a project becomes: sources, steps, models, services, alerts.

    PATH is a project.yaml or its folder. `mermaid` is text that GitHub and GitLab draw, `svg` a
    picture, `html` a page that lights up what a step depends on and tells its command, resources
    and gates.

    \b
    Examples:
      mlspec graph
      mlspec graph projects/wine --env prod -o docs/wine.svg
      mlspec graph --format html -o graph.html

    Exit codes: 0 drawn, 1 the project is wrong, 2 wrong usage.
    """  # fmt: skip
    from mlspec.graph.build import graph_of

    format = wanted or _format_of(output)
    graph = graph_of(_plan(path, environment, platform))
    text: str = getattr(import_module(f"mlspec.graph.{format}"), format)(graph)
    if output is None:
        click.echo(text.encode(), nl=False)  # UTF-8 in every locale, as the file would be
        return
    try:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"--output: cannot write {output}: {error.strerror}") from error


def _format_of(output: str | None) -> str:
    suffix = Path(output or "").suffix.lower()
    if suffix in _NOT_DRAWN:
        raise click.UsageError(f"--output: there is no format `{suffix[1:]}`; `.svg` is a picture")
    return _FORMAT_OF.get(suffix, "mermaid")


def _plan(path: str, environment: str | None, platform: str | None) -> Plan:
    """Of the environment that is asked for; else of the first that is rendered; and of the project
    on this machine, where none is."""
    from mlspec.cli.compilation import plans_of
    from mlspec.cli.local_plan import local_plan, one_project
    from mlspec.cli.running import must_exist
    from mlspec.language.project import LOCAL

    if environment == LOCAL:
        return local_plan(path, LOCAL, platform)
    result = one_project(path, platform)
    _must_be_right(result)
    must_exist([result], environment)
    rendered = [name for name in result.environments if name != LOCAL]
    if not rendered:
        return local_plan(path, None, platform)
    [plan] = plans_of(result, environment or rendered[0])
    return plan


def _must_be_right(result: Compilation) -> None:
    from mlspec.cli.reporting import Reporting, report

    if result.failed:
        report([result], Reporting(), 0.0)
        raise SystemExit(1)
