"""`mlspec run`: runs the pipeline of a project on this machine."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from mlspec.cli.options import platform_option

if TYPE_CHECKING:
    from mlspec.cli.asked import Asked
    from mlspec.local.errors import UnknownName
    from mlspec.local.model import Listener, Outcome

_INTERRUPTED = 130


@click.command("run")
@click.argument("path", type=click.Path(), default=".")
@click.option("--env", "environment", metavar="NAME", help="Default: `local`, or no overlay.")
@click.option("--step", "only", metavar="STEP", help="Run this step alone, on what is there.")
@click.option("--from", "start", metavar="STEP", help="Run this step and all after it anew.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Another value for a parameter."
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Steps at a time. Default: the number of CPUs.",
)
@click.option("--no-cache", is_flag=True, help="Run every step, whatever has changed.")
@click.option("-f", "--follow", is_flag=True, help="Show what the steps print.")
@platform_option
def command(
    path: str,
    environment: str | None,
    only: str | None,
    start: str | None,
    params: tuple[str, ...],
    jobs: int | None,
    no_cache: bool,
    follow: bool,
    platform: str | None,
) -> None:
    """Run the pipeline of a project on this machine.

    PATH is a project.yaml or its folder. The steps run as processes, with the commands, files and
    variables that they have in the cluster. What a step gave is kept below .mlspec/ and serves
    until something changes that the step depends on. Models go to an MLflow below .mlspec/, or to
    the one that MLFLOW_TRACKING_URI names.

    \b
    Examples:
      mlspec run
      mlspec run projects/wine --param trees=500
      mlspec run --step clean -f
      mlspec run --from wine-grader

    Exit codes: 0 all steps succeeded, 1 a step failed or something is missing,
    2 wrong usage, 130 interrupted.
    """  # fmt: skip
    from mlspec.cli.asked import Asked
    from mlspec.cli.local_plan import local_plan, project_folder
    from mlspec.local.errors import CannotRun, NoResult, UnknownName, WrongRequest
    from mlspec.local.model import Request
    from mlspec.local.run import run

    asked = Asked(path, environment, platform, only, start, params, no_cache)
    values = _pairs(params)
    plan = local_plan(path, environment, platform)
    request = Request(
        plan=plan,
        project=project_folder(path),
        jobs=jobs or os.cpu_count() or 1,
        only=only or "",
        start=start or "",
        params=values,
        use_cache=not no_cache,
    )
    try:
        outcome = run(request, _listener(follow))
    except UnknownName as error:
        raise click.UsageError(_unknown(error)) from error
    except WrongRequest as error:
        raise click.UsageError(str(error)) from error
    except NoResult as error:
        hint = f"run it first: {asked.first(error.first)}"
        raise click.ClickException(f"{error}; {hint}") from error
    except CannotRun as error:
        raise click.ClickException(str(error)) from error
    _conclude(outcome, asked, [service.name for service in plan.services])


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.UsageError(f"--param: expected NAME=VALUE, found `{text}`")
        found[name] = value
    return found


def _unknown(error: UnknownName) -> str:
    from mlspec.language.suggestions import did_you_mean

    flag = {"step": "--step, --from", "parameter": "--param"}[error.what]
    return f"{flag}: {error}; {did_you_mean(error.name, error.known)}"


def _listener(follow: bool) -> Listener:
    from mlspec.local.display import PlainLines
    from mlspec.local.live import LiveLines, is_terminal

    if is_terminal(sys.stdout) and not follow:
        return LiveLines(sys.stdout)
    return PlainLines(sys.stdout, follow=follow)


def _conclude(outcome: Outcome, asked: Asked, services: list[str]) -> None:
    """Says how it ended, and where to look."""
    from mlspec.cli.local_report import conclusion

    for line in conclusion(outcome, asked, services):
        click.echo(line)
    if outcome.state != "succeeded":
        raise SystemExit(_INTERRUPTED if outcome.state == "interrupted" else 1)
