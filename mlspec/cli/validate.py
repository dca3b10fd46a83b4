"""`mlspec validate`: checks projects and says everything that is wrong."""

from __future__ import annotations

from time import perf_counter

import click

from mlspec.cli.reporting import (
    format_option,
    paths_argument,
    platform_option,
    projects_at,
    report,
)


@click.command("validate")
@paths_argument
@platform_option
@format_option
def command(paths: tuple[str, ...], platform: str | None, format: str) -> None:
    """Check projects, in all their environments.

    PATH is a project.yaml, or a folder: then every project.yaml below it is checked. Without a
    PATH, the current folder.

    \b
    Examples:
      mlspec validate
      mlspec validate projects/wine projects/beer/project.yaml
      mlspec validate --format sarif > mlspec.sarif
    """
    start = perf_counter()
    results = projects_at(paths, platform)
    if report(results, format, perf_counter() - start):
        raise SystemExit(1)
