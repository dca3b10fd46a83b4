"""`mlspec validate`: checks projects and says everything that is wrong."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import click

from mlspec.cli.reporting import (
    Reporting,
    paths_argument,
    platform_option,
    projects_at,
    report,
    reporting_options,
)
from mlspec.cli.running import Running, built_at, running_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.cli.compilation import Compilation
    from mlspec.cli.fixing import Mending


@click.command("validate")
@paths_argument
@platform_option
@click.option("--fix", is_flag=True, help="Mend in the files what can only be meant one way.")
@reporting_options
@running_options
def command(
    paths: tuple[str, ...],
    platform: str | None,
    fix: bool,
    reporting: Reporting,
    running: Running,
) -> None:
    """Check projects, in all their environments.

    PATH is a project.yaml, or a folder: then every project.yaml below it is checked. Without a
    PATH, the current folder. No code of the repository is run: of guardrails over manifests, those
    are judged that the built-in renderers make.

    \b
    Examples:
      mlspec validate
      mlspec validate projects/wine projects/beer/project.yaml
      mlspec validate --fix
      mlspec validate --format sarif > mlspec.sarif

    Exit codes: 0 no errors, 1 a project is wrong, 2 wrong usage.
    """
    from mlspec.cli.building import Order

    start = perf_counter()
    if not fix:
        order = Order(platform, own_renderers=False)
        built = built_at(paths, order, running, reporting)
        if report([each.result for each in built], reporting, perf_counter() - start):
            raise SystemExit(1)
        return
    from mlspec.cli.fixing import fix_all

    def compile() -> list[Compilation]:
        return projects_at(paths, platform, strict=reporting.strict, own_renderers=False)

    done = fix_all(compile, paths)
    has_errors = report(done.results, reporting, perf_counter() - start, done.wrong)
    if not reporting.quiet:
        for line in _lines(done):
            click.echo(line, err=reporting.format != "text")
    if has_errors:
        raise SystemExit(1)


def _lines(done: Mending) -> Iterator[str]:
    for file, count in done.counts.items():
        yield f"mended {count} mistake{'' if count == 1 else 's'} in {file}"
    for file, why in done.left.items():
        yield f"left {file} as it is: {why}"
