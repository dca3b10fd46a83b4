"""A service as a whole: its versions' servers behind its router, and where it can be found."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from mlspec.language.suggestions import nearest
from mlspec.local.files import read_object, write_json
from mlspec.local.serving import mlserver
from mlspec.local.serving.client import Client
from mlspec.local.serving.errors import NotRunning, ServingError
from mlspec.local.serving.example import example_rows
from mlspec.local.serving.protocol import fitted, request_for
from mlspec.local.serving.router import Backend
from mlspec.local.serving.server import HOST, Servers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any, Self

    from mlspec.local.folder import Folder
    from mlspec.local.serving.router import Router
    from mlspec.local.serving.server import Server
    from mlspec.local.serving.versions import Version


class Place:
    """`.mlspec/serving/SERVICE/`: settings, logs and example of a service, and where it runs."""

    def __init__(self, folder: Folder, service: str) -> None:
        self.service = service
        self.root = folder.root / "serving" / service
        self.running = self.root / "running.json"
        """`url`, `node` (the model's name in the protocol) and `pid`."""
        self.example = self.root / "example.json"
        self.request = self.root / "request.json"

    def client(self) -> Client:
        """Of the service that runs here. NotRunning where none does."""
        found = _running(self.running)
        if not found:
            near = nearest(self.service, self._others())
            how = f"start it with: mlspec serve {self.service}"
            hint = f"did you mean `{near}`, which is?" if near else how
            raise NotRunning(f"{self.service} is not running; {hint}")
        return Client(found["url"], found["node"])

    def _others(self) -> list[str]:
        """Services that run here."""
        files = self.root.parent.glob(f"*/{self.running.name}")
        return [file.parent.name for file in files if _running(file)]


class LocalService:
    """The processes of a service. On leaving it, nothing of them is left."""

    def __init__(self, place: Place, node: str, versions: Sequence[Version]) -> None:
        self.node = node
        """The name of the model in the protocol."""
        self._place, self._versions = place, versions
        self._started: list[Server] = []
        self._servers = Servers(f"serve-{place.service}-{os.getpid()}")

    def __enter__(self) -> Self:
        self._servers.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if read_object(self._place.running).get("pid") == os.getpid():
            self._place.running.unlink()
        self._servers.__exit__()

    def start(self, router: Router, interrupted: Callable[[], bool]) -> None:
        """Loads every version, then opens the router. DidNotStart where one fails."""
        place = self._place
        place.root.mkdir(parents=True, exist_ok=True)
        self._started = [
            mlserver.start(
                self._servers, v.predictor, node=self.node, model=v.model, folder=place.root
            )
            for v in self._versions
        ]
        self._servers.wait_until_ready(mlserver.START_SECONDS, interrupted)
        if interrupted():
            return
        pairs = zip(self._versions, self._started, strict=True)
        router.open(place.service, [_backend(version, server) for version, server in pairs])
        write_json(place.running, {"url": router.url, "node": self.node, "pid": os.getpid()})

    def check(self) -> None:
        """DidNotStart where a server has ended."""
        self._servers.check()

    def write_example(self) -> bool:
        """Rows and a request to try the service with. False where the model does not say what it
        takes."""
        url = f"http://{HOST}:{self._started[0].port}"  # past the router: it is not the user's
        try:
            signature = Client(url, self.node).signature()
            rows = fitted(signature, example_rows(signature, self._versions[0].model))
        except ServingError:
            return False
        request = request_for(signature, rows)
        self._place.example.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        self._place.request.write_text(json.dumps(request) + "\n", encoding="utf-8")
        return True


def _backend(version: Version, server: Server) -> Backend:
    return Backend(
        name=version.predictor,
        version=version.version,
        port=server.port,
        traffic=version.traffic,
        shadow=version.shadow,
    )


def _running(file: Path) -> dict[str, Any]:
    """What the file says of a service, if that is still there: one that was killed leaves it."""
    found = read_object(file)
    try:
        os.kill(int(found["pid"]), 0)
    except (KeyError, OSError):
        return {}
    return found
