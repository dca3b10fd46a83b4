"""`mlspec diff`: what a change does to the cluster, from Git alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mlspec.cli.reporting import Reporting, report, use_color

if TYPE_CHECKING:
    from mlspec.gitops.diff_report import Report

FORMATS = ("text", "markdown", "json")


class Refused(click.ClickException):
    """What cannot be told: there is nothing to compare, or with."""

    exit_code = 2


class _Command(click.Command):
    """Remembers what stands after `--`: that is a path, as with git."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        after = len(args) - args.index("--") - 1 if "--" in args else None
        context.meta["mlspec.after_dashes"] = after
        return super().parse_args(context, args)


@click.command("diff", cls=_Command)
@click.argument("words", nargs=-1, type=click.Path(readable=False), metavar="[BASE] [PATH]...")
@click.option("--env", "environment", metavar="NAME", help="Look at one environment only.")
@click.option(
    "--head", metavar="REV", help="What to compare BASE with.  [default: the working tree]"
)
@click.option("--format", "format", type=click.Choice(FORMATS), default="text", show_default=True,
              help="How the difference is written.")  # fmt: skip
@click.option("--fields", is_flag=True, help="Show every field that differs, too (in text).")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are changes, as `git diff`.")
@click.option(
    "-o", "--output", type=click.Path(), default="generated", show_default=True, metavar="FOLDER",
    help="The folder of the generated manifests, read where the BASE does not compile.",
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    words: tuple[str, ...],
    environment: str | None,
    head: str | None,
    format: str,
    fields: bool,
    exit_code: bool,
    output: str,
) -> None:
    """Tell what a change does to the cluster, from Git alone.

    Both sides are rendered in memory: the specs as they are at BASE, and as they are in the working
    tree or at --head. Nothing is written. Without a BASE: the commit where this branch left the
    branch that production follows (argo_cd.revision of the platform); on that branch itself, what
    is not committed yet. PATH is a project.yaml, or a folder with projects below it.

    \b
    Examples:
      mlspec diff
      mlspec diff main projects/wine
      mlspec diff v1.4.0 --head v1.5.0 --env prod
      mlspec diff origin/main --format markdown > comment.md

    Exit codes: 0 told, 1 the head does not compile, or with --exit-code there are changes,
    2 nothing could be compared, or wrong usage.
    """
    from mlspec.cli.diffing import HeadIsWrong, Question, answer
    from mlspec.gitops.errors import GitError

    question = Question(
        words=words,
        after_dashes=context.meta["mlspec.after_dashes"],
        environment=environment,
        head=head,
        output=output,
        with_graphs=format == "markdown",
    )
    try:
        found = answer(question)
    except GitError as error:
        raise Refused(str(error)) from error
    except HeadIsWrong as error:
        report(error.results, Reporting(), 0.0, error.more)
        raise SystemExit(1) from error
    _write(found, format, fields)
    if exit_code and not found.is_empty:
        raise SystemExit(1)


def _write(found: Report, format: str, fields: bool) -> None:
    if format == "json":
        from mlspec.gitops.diff_json import to_json

        click.echo(to_json(found).encode(), nl=False)
    elif format == "markdown":
        from mlspec.gitops.diff_markdown import markdown

        click.echo(markdown(found).encode("utf-8", "replace"), nl=False)  # in every locale
    else:
        from mlspec.gitops.diff_text import text

        shown = text(found, color=use_color(), fields=fields)
        click.echo(shown, nl=False, color=use_color())
