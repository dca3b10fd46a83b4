"""What `mlspec --help` says, with click and without: nobody should wait for it."""

from __future__ import annotations

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

_ABOUT = """\
Usage: mlspec [OPTIONS] COMMAND [ARGS]...

  Compile a project.yaml into the Kubernetes manifests of an ML project.

Options:
  -V, --version  Show the version and exit.
  -h, --help     Show this message and exit.

Commands:
"""

_MORE = """
Examples:
  mlspec init wine-quality        start a project
  mlspec validate                 check every project.yaml below this folder
  mlspec render --env prod        write the manifests of one environment
  mlspec diff                     what this branch does to the cluster
  mlspec run                      the pipeline, on this machine
  mlspec explain MLS201           what a diagnostic means
  mlspec explain serving.rollout  what a key means

Exit codes: 0 all is well, 1 a spec or a tree is wrong, 2 wrong usage.
"""


def top_help() -> str:
    """The page, which ends in a newline."""
    width = max(len(name) for name in COMMANDS)
    commands = (f"  {name:{width}}  {what}\n" for name, what in COMMANDS.items())
    return f"{_ABOUT}{''.join(commands)}{_MORE}"
