"""`mlspec verify`: proves that the committed tree is what the specs render to."""

from __future__ import annotations

from typing import Any

import click

from mlspec.cli.options import paths_argument, platform_option, reporting_options, running_options


@click.command("verify")
@paths_argument
@click.option(
    "-o", "--output", type=click.Path(), default="generated", show_default=True, metavar="FOLDER",
    help="The folder of the generated manifests.",
)  # fmt: skip
@click.option(
    "--since", metavar="BASE",
    help="Look only at what differs from this commit, which was verified.",
)  # fmt: skip
@platform_option
@reporting_options
@running_options
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Check that the generated manifests are current. Nothing is written.

    Every file of these projects is compared with what they render to now: one that differs, was
    edited by hand, is missing, or should not be there is an error. So is the folder of a project
    that is gone, when all projects are looked at: that is when a PATH, or without one the current
    folder, has the folder of the manifests in it.

    With --since, only projects of which an input or a generated file differs from BASE. As all was
    well at BASE, all is well then: rendering depends on nothing else. After a change of mlspec, or
    of an installed renderer, verify everything.

    \b
    Examples:
      mlspec verify
      mlspec verify --since origin/main
      mlspec verify projects/wine --format github

    Exit codes: 0 current, 1 a project or the tree is wrong, 2 wrong usage.
    """
    from mlspec.cli.plain import verify

    verify.command(paths, **options)
