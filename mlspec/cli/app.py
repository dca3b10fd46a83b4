"""The command group: which verbs there are. A verb's module is imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from mlspec import __version__

COMMANDS = {
    "init": "Start a project, the CI of a repository, or a platform.",
    "validate": "Check projects: every mistake, at the line where it is.",
    "render": "Write the Kubernetes manifests of projects under generated/.",
    "verify": "Check that generated/ is what the projects render to.",
    "guardrails": "Show the platform team's rules, and run their tests.",
    "diff": "Tell what a change does to the cluster, from Git alone.",
    "lock": "Write into mlspec.lock which exact images, models and data are meant.",
    "promote": "Move a service to another model version, as a commit on a new branch.",
    "rollback": "Move a service back to what it had before, as a commit on a new branch.",
    "run": "Run the pipeline of a project on this machine.",
    "runs": "Show past runs on this machine.",
    "serve": "Serve the registered model of a service on this machine.",
    "predict": "Ask a running service for predictions of the rows of a file.",
    "ui": "Show past runs, metrics and models in MLflow's own pages.",
    "graph": "Draw what a project becomes: sources, steps, models, services, alerts.",
    "schema": "Print the JSON Schema of project.yaml, platform.yaml or mlspec.lock.",
    "explain": "Tell the long story of a diagnostic, or of a key of the language.",
    "completion": "Print the set-up of tab completion for a shell.",
}
"""Verb → what `mlspec --help` says. `mlspec/cli/<verb>.py` holds a click command `command`."""

_EPILOG = """\b
Examples:
  mlspec init wine-quality        start a project
  mlspec validate                 check every project.yaml below this folder
  mlspec render --env prod        write the manifests of one environment
  mlspec diff                     what this branch does to the cluster
  mlspec run                      the pipeline, on this machine
  mlspec explain MLS201           what a diagnostic means
  mlspec explain serving.rollout  what a key means

\b
Exit codes: 0 all is well, 1 a spec or a tree is wrong, 2 wrong usage.
"""


class LazyGroup(click.Group):
    """A group that imports a verb only when it is called."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a terminal in the C locale may lack an arrow
                stream.reconfigure(errors="backslashreplace")
        return super().main(*arguments, **options)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"mlspec.cli.{name}").command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from mlspec.language.suggestions import did_you_mean

            raise click.UsageError(f"no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="mlspec %(version)s")
def app(**_: Any) -> None:
    """Compile a project.yaml into the Kubernetes manifests of an ML project."""
