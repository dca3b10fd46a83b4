"""`mlspec ui`: MLflow's pages on what was run here."""

from __future__ import annotations

import os

import click

from mlspec.cli.here import project_option, told, until_signalled

PORT = 5000


@click.command("ui")
@project_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True,
    help="Where to listen; 0 is any free port.",
)  # fmt: skip
def command(project: str, port: int) -> None:
    """Show runs, metrics and models in MLflow's own pages. Ctrl-C ends it.

    Where MLFLOW_TRACKING_URI names a server, its pages are elsewhere: only their address is told.

    \b
    Examples:
      mlspec ui
      mlspec ui --port 0
    """
    from mlspec.cli.local_plan import project_folder
    from mlspec.local.folder import Folder
    from mlspec.local.serving import ui
    from mlspec.local.serving.server import HOST, Servers
    from mlspec.runtime.errors import redact

    elsewhere = os.environ.get("MLFLOW_TRACKING_URI", "")
    if elsewhere.startswith(("http://", "https://")):
        click.echo(redact(f"MLFLOW_TRACKING_URI names the MLflow of this project: {elsewhere}"))
        return
    with until_signalled() as stopped, told(), Servers(f"ui-{os.getpid()}") as servers:
        server = ui.start(servers, Folder(project_folder(project)), port)
        servers.wait_until_ready(ui.START_SECONDS, stopped.is_set)
        if not stopped.is_set():
            click.echo(f"MLflow is at http://{HOST}:{server.port}; Ctrl-C ends it")
        while not stopped.wait(0.5):
            servers.check()
    click.echo("MLflow has stopped")
