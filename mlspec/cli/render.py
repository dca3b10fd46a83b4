"""`mlspec render`: writes the manifests of projects."""

from __future__ import annotations

import sys
from pathlib import Path
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
    help="Where the manifests go: FOLDER/<project>/<environment>/<target>/. `-` is stdout.",
)
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@click.option("--built-in-only", is_flag=True, help="Refuse a platform that names own renderers.")
@platform_option
@reporting_options
def command(
    paths: tuple[str, ...],
    environment: str | None,
    output: str,
    force: bool,
    built_in_only: bool,
    platform: str | None,
    reporting: Reporting,
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
    from mlspec.cli.rendering import must_exist, trees_of
    from mlspec.cli.stream import STDOUT, must_be_built_in, must_fit, print_stream

    start = perf_counter()
    to_stdout = output == STDOUT
    told = sys.stderr if to_stdout else sys.stdout
    if to_stdout:
        must_fit(environment, force)
    own = not built_in_only
    results = projects_at(paths, platform, strict=reporting.strict, own_renderers=own)
    if any(result.failed for result in results):
        report(results, reporting, perf_counter() - start, stream=told)
        raise SystemExit(1)
    must_exist(results, environment)
    if built_in_only:
        must_be_built_in(results)
    trees, wrong = trees_of(results, environment)
    lines: list[str] = []
    if not wrong and not to_stdout:
        for tree in trees:
            if tree.scopes or environment is None:  # else it has no such environment
                found, line = _write(tree, Path(output), environment, force)
                wrong += found
                lines += [line] if line else []
    has_warnings = any(result.diagnostics for result in results)
    if wrong or has_warnings or reporting.format != "text":
        report(results, reporting, perf_counter() - start, wrong, stream=told)
    if to_stdout and not wrong:
        print_stream(trees)
    elif reporting.format == "text" and not reporting.quiet:
        for line in lines:
            click.echo(line)
    if wrong:
        raise SystemExit(1)


def _write(
    tree: Tree, output: Path, environment: str | None, force: bool
) -> tuple[list[Diagnostic], str]:
    """Writes a project's tree. Returns what is wrong, and a line about what was done, if it was."""
    from mlspec.cli.compilation import input_digests
    from mlspec.cli.generated import edited, left_over
    from mlspec.diagnostics import Diagnostic, Span
    from mlspec.output.errors import EditedFiles, OutputError
    from mlspec.output.tree import write_tree

    root = output / tree.result.name
    try:
        changes = write_tree(
            root,
            tree.files,
            inputs=input_digests(tree.result),
            scopes=None if environment is None else tree.scopes,
            force=force,
        )
    except EditedFiles as error:
        return list(edited(tree, output, error.edits, is_mixed=error.is_mixed)), ""
    except OutputError as error:
        message = f"cannot write {error.root}: {error.reason}"
        span = Span(file=str(error.root))
        return [Diagnostic(code="MLS604", message=message, span=span, help=error.help)], ""
    where = ", ".join(tree.scopes) or "no environment to render"
    changed = f"{len(changes.written)} written, {len(changes.removed)} removed"
    total = f"{len(tree.files)} manifest{'' if len(tree.files) == 1 else 's'}"
    left = list(left_over(tree, output, changes, environment=environment, force=force))
    return left, f"{root}: {total} ({where}); {changed if changes else 'no changes'}"
