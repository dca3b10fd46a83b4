"""`mlspec render`: writes the manifests of projects."""

from __future__ import annotations

from typing import Any

import click

from mlspec.cli.options import paths_argument, platform_option, reporting_options, running_options


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
def command(paths: tuple[str, ...], **options: Any) -> None:
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
    from mlspec.cli.plain import render

    render.command(paths, **options)
