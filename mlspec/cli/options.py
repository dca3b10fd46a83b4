"""Options that commands share."""

from __future__ import annotations

from functools import wraps
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from mlspec.cli import timings
from mlspec.cli.reporting import FORMATS, Reporting
from mlspec.cli.running import Running

if TYPE_CHECKING:
    from collections.abc import Callable


def paths_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("paths", nargs=-1, type=click.Path(readable=False), metavar="[PATH]...")(
        function
    )


def platform_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--platform",
        type=click.Path(readable=False),
        metavar="FILE",
        help="The platform.yaml. Default: the nearest one above each project.",
    )(function)


_OPTIONS = (
    click.option(
        "--format", type=click.Choice(FORMATS), default="text", show_default=True,
        help="How diagnostics are written.",
    ),
    click.option("--strict", is_flag=True, help="Take warnings for errors."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    click.option(
        "--max-errors", type=click.IntRange(min=1), metavar="N",
        help="Show the first N diagnostics only.",
    ),
)  # fmt: skip


def reporting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options about diagnostics, handed to the command as `reporting`."""

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        reporting = Reporting(**{name: kwargs.pop(name) for name in Reporting._fields})
        return function(*args, reporting=reporting, **kwargs)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_RUNNING_OPTIONS = (
    click.option(
        "-j", "--jobs", type=click.IntRange(min=1), metavar="N",
        help="Processes for many projects. Default: as many as there are cores.",
    ),
    click.option("--no-cache", is_flag=True, help="Find everything out anew."),
    click.option("--timings", is_flag=True, help="Tell on stderr where the time went."),
)  # fmt: skip


def running_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options about speed, handed to the command as `running`."""

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        running = Running(**{name: kwargs.pop(name) for name in Running._fields})
        if not running.timings:
            return function(*args, running=running, **kwargs)
        start = perf_counter()
        timings.begin()
        try:
            return function(*args, running=running, **kwargs)
        finally:
            for line in timings.lines(perf_counter() - start):
                click.echo(line, err=True)

    for option in reversed(_RUNNING_OPTIONS):
        command = option(command)
    return command
