"""`mlspec render`: writes the manifests of projects."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import click

from mlspec.cli.reporting import (
    Reporting,
    paths_argument,
    platform_option,
    report,
    reporting_options,
)
from mlspec.cli.running import Running, built_at, must_exist, running_options

STDOUT = "-"


@click.command("render")
@paths_argument
@click.option("--env", "environment", metavar="NAME", help="Render one environment only.")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    default="generated",
    show_default=True,
    metavar="FOLDER",
    help="Where the manifests go: FOLDER/<project>/<environment>/<target>/. `-` is stdout.",
)
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@click.option("--built-in-only", is_flag=True, help="Refuse a platform that names own renderers.")
@platform_option
@reporting_options
@running_options
def command(
    paths: tuple[str, ...],
    environment: str | None,
    output: str,
    force: bool,
    built_in_only: bool,
    platform: str | None,
    reporting: Reporting,
    running: Running,
) -> None:
    """Write the Kubernetes manifests of projects.

    PATH is a project.yaml, or a folder: then every project.yaml below it is rendered. Nothing is
    written when any project has an error. Files that mlspec did not write are left alone.

    A generated file that was edited by hand is reported, and nothing of its project is written.
    With --force it is overwritten, or removed if the spec no longer renders it; so is any file at
    the path of a generated one, should provenance.json not tell whose it is. Files that nobody
    rendered stay, and are then told of where Argo CD would sync them (MLS603, exit code 1). After a
    merge of two rendered branches, solve the merge in the specs and render with --force.

    With `-o -` the manifests of one environment go to stdout as one YAML stream, without Argo CD's
    own objects, and what there is to report goes to stderr. Renderers that a platform names run as
    code; with --built-in-only they are refused.

    \b
    Examples:
      mlspec render
      mlspec render projects/wine --env prod
      mlspec render -o /tmp/preview
      mlspec render -o - --env dev | kubectl diff -f -
      mlspec render --force

    Exit codes: 0 written, 1 a project or the tree is wrong, 2 wrong usage.
    """
    from mlspec.cli.building import Order
    from mlspec.cli.writing import How, is_in_place, write

    start = perf_counter()
    to_stdout = output == STDOUT
    told = sys.stderr if to_stdout else sys.stdout
    if to_stdout:
        from mlspec.cli.stream import must_fit

        must_fit(environment, force)
    order = Order(platform, not built_in_only, renders=True, environment=environment)
    known = None if to_stdout else is_in_place(Path(output), running.store())
    built = built_at(paths, order, running, reporting, known)
    results = [each.result for each in built]
    if any(result.failed for result in results):
        report(results, reporting, perf_counter() - start, stream=told)
        raise SystemExit(1)
    must_exist(results, environment)
    if built_in_only:
        from mlspec.cli.stream import must_be_built_in

        must_be_built_in(results)
    wrong = [diagnostic for each in built for diagnostic in each.wrong]
    lines: list[str] = []
    if not wrong and not to_stdout:
        written = write(built, How(Path(output), environment, force, running.jobs, reporting.quiet))
        wrong = [diagnostic for each in written for diagnostic in each.wrong]
        lines = [each.line for each in written if each.line]
    has_warnings = any(result.diagnostics for result in results)
    if wrong or has_warnings or reporting.format != "text":
        report(results, reporting, perf_counter() - start, wrong, stream=told)
    if to_stdout and not wrong:
        from mlspec.cli.stream import print_stream

        print_stream(each.tree for each in built if each.tree is not None)
    elif reporting.format == "text" and not reporting.quiet:
        for line in lines:
            click.echo(line)
    if wrong:
        raise SystemExit(1)
