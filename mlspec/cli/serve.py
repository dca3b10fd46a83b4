"""`mlspec serve`: a registered model behind an address of this machine."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING

import click

from mlspec.cli.here import environment_option, project_option, service_named, told, until_signalled

if TYPE_CHECKING:
    from pathlib import Path

    from mlspec.local.serving.router import Entry, Router
    from mlspec.local.serving.service import LocalService, Place
    from mlspec.local.serving.versions import Answering
    from mlspec.plan.model import Service

PORT = 8080
_CHECK_SECONDS = 0.5


@click.command("serve")
@click.argument("service", required=False)
@project_option
@environment_option
@click.option("--alias", metavar="NAME", default="", help="Serve the version with this alias only.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True,
    help="Where to listen; 0 is any free port.",
)  # fmt: skip
@click.option("--seed", type=int, help="Share requests among versions the same way each time.")
def command(
    service: str | None,
    project: str,
    environment: str | None,
    alias: str,
    port: int,
    seed: int | None,
) -> None:
    """Serve the registered model of a SERVICE on this machine.

    With the server that Seldon runs in the cluster (MLServer), the Open Inference Protocol, the
    rollout that the spec declares, and at /metrics what the rendered alerts are about. SERVICE may
    be left out where there is one only. Ctrl-C ends it.

    \b
    Examples:
      mlspec serve
      mlspec serve wine-api --port 0
      mlspec serve wine-api --alias challenger

    Exit codes: 0 ended by Ctrl-C, 1 it cannot be served, 2 wrong usage.
    """
    from mlspec.cli.local_plan import local_plan, project_folder
    from mlspec.local.folder import Folder
    from mlspec.local.serving import mlserver
    from mlspec.local.serving.router import Router
    from mlspec.local.serving.service import LocalService, Place
    from mlspec.local.serving.versions import answering

    plan = local_plan(project, environment)
    chosen = service_named(plan, service)
    folder = Folder(project_folder(project))
    with until_signalled() as stopped, told():
        mlserver.require()
        with closing(Router(port, log=_log, seed=seed)) as router:  # a busy port is known at once
            found = answering(plan, chosen, folder, alias)
            _announce(chosen, found)
            folder.prepare()  # there was no run here where the registry is elsewhere
            place = Place(folder, chosen.name)
            with LocalService(place, _node_name(chosen), found.versions) as running:
                start = time.perf_counter()
                running.start(router, stopped.is_set)
                if not stopped.is_set():
                    _say_where(router, running, place, time.perf_counter() - start)
                while not stopped.wait(_CHECK_SECONDS):
                    running.check()
    click.echo(f"{chosen.name} has stopped")


def _node_name(service: Service) -> str:
    """What the cluster calls the model in requests: the address is the same here."""
    name: str = import_module("mlspec.renderers.seldon.names").node_name(service)
    return name


def _announce(service: Service, found: Answering) -> None:
    for each in found.versions:
        share = f"{each.traffic}% of the requests"
        share = f"a copy of {share}" if each.shadow else share
        share = "all requests" if len(found.versions) == 1 else share
        _say(f"{each.predictor}: version {each.version} of {service.model}, {share}")
    for note in found.notes:
        _say(f"note: {note}")


def _say_where(router: Router, running: LocalService, place: Place, seconds: float) -> None:
    from mlspec.local.serving.router import infer_path

    url = router.url
    _say(f"{place.service} is ready at {url} after {seconds:.1f} s; Ctrl-C ends it")
    _say(f"  metrics   {url}/metrics")
    if running.write_example():
        _say(f"  try       mlspec predict {place.service} --data {_shown(place.example)}")
        _say(
            f"  or        curl -s {url}{infer_path(running.node)}"
            f" -H 'content-type: application/json' -d @{_shown(place.request)}"
        )


def _shown(path: Path) -> str:
    from shlex import quote

    from mlspec.cli.discovery import shown

    return quote(shown(path))


def _log(entry: Entry) -> None:
    clock = time.strftime("%H:%M:%S")
    who = f"{entry.predictor} (copy)" if entry.is_copy else entry.predictor
    milliseconds = f"{entry.seconds * 1000:.0f} ms"
    _say(f"{clock}  {entry.method} {entry.path}  {entry.code}  {who}  {milliseconds}")


def _say(line: str) -> None:
    """At once: what is piped is read while we run."""
    click.echo(line)
    sys.stdout.flush()
