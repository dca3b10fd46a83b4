"""Options that commands share, and the way diagnostics reach the user."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlspec.cli.compilation import Compilation
    from mlspec.diagnostics import Diagnostic

FORMATS = ("text", "json", "sarif", "github")


def paths_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")(function)


def platform_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--platform",
        type=click.Path(),
        metavar="FILE",
        help="The platform.yaml. Default: the nearest one above each project.",
    )(function)


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--format",
        "format",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How diagnostics are written.",
    )(function)


def projects_at(paths: Sequence[str], platform: str | None) -> list[Compilation]:
    """Finds and compiles. A path without a project is wrong usage (exit code 2)."""
    from mlspec.cli.discovery import NothingFound, find_projects
    from mlspec.cli.neighbours import compile_projects

    if platform is not None and not Path(platform).exists():
        raise click.UsageError(f"--platform: {platform} does not exist")
    try:
        files = find_projects(paths or ["."])
    except NothingFound as error:
        raise click.UsageError(str(error)) from error
    return compile_projects(files, platform)


def report(
    results: Sequence[Compilation], format: str, seconds: float, more: Sequence[Diagnostic] = ()
) -> bool:
    """Writes all diagnostics of the results to stdout. Says whether there is an error."""
    from mlspec.diagnostics.report import Summary, prepare, write_report

    found = list(more)
    for result in results:
        found += prepare(result.diagnostics, result.environments)
    texts = {tree.file: tree.text for result in results for tree in result.trees}
    environments = {name for result in results for name in result.environments}
    write_report(
        found,
        format=format,
        stream=sys.stdout,
        sources=lambda file: _excerpt_source(texts, file),
        color=use_color(),
        summary=Summary(
            projects=len(results),
            files=len(texts),
            environments=len(environments),
            seconds=seconds,
        ),
    )
    return any(diagnostic.severity == "error" for diagnostic in found)


def _excerpt_source(texts: dict[str, str], file: str) -> str | None:
    """The text for excerpts, without any secret that it holds."""
    from mlspec.checks.secrets import mask_secrets
    from mlspec.source.reader import SourceError, read_text

    try:
        return mask_secrets(texts[file] if file in texts else read_text(file))
    except SourceError:
        return None


def use_color() -> bool:
    """Colour on a terminal, unless NO_COLOR says no (https://no-color.org)."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
