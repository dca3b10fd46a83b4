"""`mlspec verify`: proves that the committed tree is what the specs render to."""

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
    from collections.abc import Iterator

    from mlspec.cli.rendering import Tree
    from mlspec.diagnostics import Diagnostic


@click.command("verify")
@paths_argument
@click.option(
    "-o", "--output", type=click.Path(), default="generated", show_default=True, metavar="FOLDER",
    help="The folder of the generated manifests.",
)  # fmt: skip
@platform_option
@format_option
def command(paths: tuple[str, ...], output: str, platform: str | None, format: str) -> None:
    """Check that the generated manifests are current. Nothing is written.

    Every file of these projects is compared with what they render to now: one that differs, is
    missing, or should not be there is an error. The folder of a project that is gone is not looked
    at: delete it with the project.

    \b
    Examples:
      mlspec verify
      mlspec verify projects/wine --format github
    """
    from mlspec.cli.rendering import trees_of

    start = perf_counter()
    results = projects_at(paths, platform)
    if any(result.failed for result in results):
        report(results, format, perf_counter() - start)
        raise SystemExit(1)
    trees, wrong = trees_of(results, None)
    for tree in trees:
        wrong += _drift(tree, Path(output))
    if report(results, format, perf_counter() - start, wrong):
        raise SystemExit(1)


def _drift(tree: Tree, output: Path) -> Iterator[Diagnostic]:
    from mlspec.diagnostics import Diagnostic, Span
    from mlspec.output.errors import OutputError
    from mlspec.output.provenance import compare

    root = output / tree.result.name
    try:
        drift = compare(root, tree.files, environments=tree.scopes)
    except OSError as error:
        message = f"cannot read {root}: {OutputError.from_os_error(root, error).reason}"
        yield Diagnostic(code="MLS001", message=message, span=Span(file=str(root)))
        return
    said = (
        ("MLS601", drift.stale, "is not what the spec renders to"),
        ("MLS602", drift.missing, "is missing"),
        ("MLS603", drift.unexpected, "is not rendered by the spec, but would be synced"),
    )
    for code, paths, message in said:
        for path in paths:
            edited = path in drift.edited
            help = (
                "it was edited by hand: change the spec instead" if edited else "run mlspec render"
            )
            file = f"{root}/{path}"
            yield Diagnostic(
                code=code, message=f"{file} {message}", span=Span(file=file), help=help
            )
