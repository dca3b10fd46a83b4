"""`mlspec runs`: past runs on this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from mlspec.cli.here import project_option

if TYPE_CHECKING:
    from mlspec.local.state import RunState

LAST = "last"
_SHOWN = 5
"""Names of runs in a message."""


@click.command("runs")
@click.argument("run", required=False, metavar="[RUN]")
@project_option
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(run: str | None, project: str, format: str) -> None:
    """Show past runs on this machine, or what one of them did.

    RUN is the name of a run, the end of one, or `last`. The latest twenty runs are kept.

    \b
    Examples:
      mlspec runs
      mlspec runs last
      mlspec runs 3f2a --format json
    """
    from mlspec.cli.local_plan import project_folder
    from mlspec.cli.local_report import details, overview
    from mlspec.local.folder import Folder
    from mlspec.local.state import runs_of

    folder = Folder(project_folder(project))
    found = list(runs_of(folder))
    chosen = [_named(run, found)] if run else found
    if format == "json":
        values = [{**state.value, "folder": str(state.place)} for state in chosen]
        click.echo(json.dumps(values[0] if run else values, indent=2))
        return
    busy = folder.is_busy
    lines = details(chosen[0], busy=busy) if run else overview(chosen, busy=busy)
    for line in lines:
        click.echo(line)


def _named(name: str, runs: list[RunState]) -> RunState:
    if name == LAST and runs:
        return runs[0]
    fitting = [state for state in runs if state.run.endswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise click.UsageError(f"several runs end in `{name}`: {_newest(fitting)}")
    raise click.UsageError(f"there is no run `{name}`; {_hint(name, runs)}")


def _hint(name: str, runs: list[RunState]) -> str:
    """Which run may be meant, by its name or the end of it."""
    from mlspec.language.suggestions import nearest

    if not runs:
        return "there is none yet"
    ends = {state.run.rpartition("-")[2]: state.run for state in runs}
    near = nearest(name, ends) or nearest(name, ends.values())
    return f"did you mean `{ends.get(near, near)}`?" if near else f"the latest: {_newest(runs)}"


def _newest(runs: list[RunState]) -> str:
    """The names of a few of those that are given, the newest first."""
    names = ", ".join(state.run for state in runs[:_SHOWN])
    return f"{names} and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else names
