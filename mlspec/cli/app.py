"""The command group. A verb's module is imported when it is called."""

from __future__ import annotations

from copy import copy
from importlib import import_module
from typing import Any

import click

from mlspec import __version__
from mlspec.cli.help import COMMANDS, top_help
from mlspec.cli.terminal import escape_what_it_lacks


class LazyGroup(click.Group):
    """A group that imports a verb only when it is called."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        escape_what_it_lacks()
        return super().main(*arguments, **options)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mlspec.cli.{name}").command
        return command if context.obj is None else _failed(command, context.obj)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from mlspec.language.suggestions import did_you_mean

            raise click.UsageError(f"no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(context, args)

    def get_help(self, context: click.Context) -> str:
        return top_help().rstrip("\n")


def _failed(command: click.Command, error: BaseException) -> click.Command:
    """The command as it has failed without click (see `mlspec.cli.plain`)."""

    def fail(**_: Any) -> None:
        raise error

    again = copy(command)
    again.callback = fail
    return again


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="mlspec %(version)s")
def app(**_: Any) -> None:
    """Compile a project.yaml into the Kubernetes manifests of an ML project."""
