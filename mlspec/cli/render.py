"""`mlspec render`: writes the manifests of projects."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from mlspec.cli.reporting import (
    format_option,
    paths_argument,
    platform_option,
    projects_at,
    report,
)

if TYPE_CHECKING:
    from mlspec.cli.rendering import Tree
    from mlspec.diagnostics import Diagnostic


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
    help="Where the manifests go: FOLDER/<project>/<environment>/<target>/.",
)
@platform_option
@format_option
def command(
    paths: tuple[str, ...],
    environment: str | None,
    output: str,
    platform: str | None,
    format: str,
) -> None:
    """Write the Kubernetes manifests of projects.

    PATH is a project.yaml, or a folder: then every project.yaml below it is rendered. Nothing is
    written when any project has an error. Files that mlspec did not write are left alone.

    \b
    Examples:
      mlspec render
      mlspec render projects/wine --env prod
      mlspec render -o /tmp/preview
    """
    from mlspec.cli.rendering import must_exist, trees_of

    start = perf_counter()
    results = projects_at(paths, platform)
    if any(result.failed for result in results):
        report(results, format, perf_counter() - start)
        raise SystemExit(1)
    must_exist(results, environment)
    trees, wrong = trees_of(results, environment)
    lines: list[str] = []
    if not wrong:
        for tree in trees:
            if tree.scopes or environment is None:  # else it has no such environment
                _write(tree, Path(output), environment, lines, wrong)
    has_warnings = any(result.diagnostics for result in results)
    if wrong or has_warnings or format != "text":
        report(results, format, perf_counter() - start, wrong)
    if format == "text":
        click.echo("".join(f"{line}\n" for line in lines), nl=False)
    if wrong:
        raise SystemExit(1)


def _write(
    tree: Tree, output: Path, environment: str | None, lines: list[str], wrong: list[Diagnostic]
) -> None:
    """Writes a project's tree, and adds a line about it, or what is wrong."""
    from mlspec.cli.compilation import input_digests
    from mlspec.diagnostics import Diagnostic, Span
    from mlspec.output.errors import OutputError
    from mlspec.output.tree import write_tree

    root = output / tree.result.name
    try:
        changes = write_tree(
            root,
            tree.files,
            inputs=input_digests(tree.result),
            scopes=None if environment is None else tree.scopes,
        )
    except OutputError as error:
        message = f"cannot write {error.root}: {error.reason}"
        span = Span(file=str(error.root))
        wrong.append(Diagnostic(code="MLS604", message=message, span=span, help=error.help))
        return
    where = ", ".join(tree.scopes) or "no environment to render"
    changed = f"{len(changes.written)} written, {len(changes.removed)} removed"
    total = f"{len(tree.files)} manifest{'' if len(tree.files) == 1 else 's'}"
    lines.append(f"{root}: {total} ({where}); {changed if changes else 'no changes'}")
