"""`mlspec validate`: checks projects and says everything that is wrong."""

from __future__ import annotations

from typing import Any

import click

from mlspec.cli.options import paths_argument, platform_option, reporting_options, running_options


@click.command("validate")
@paths_argument
@platform_option
@click.option("--fix", is_flag=True, help="Mend in the files what can only be meant one way.")
@reporting_options
@running_options
def command(paths: tuple[str, ...], **options: Any) -> None:
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
    from mlspec.cli.plain import validate

    validate.command(paths, **options)
