"""Servers as child processes: their logs, whether they answer, their end."""

from __future__ import annotations

import http.client
import socket
import time
from typing import TYPE_CHECKING

from mlspec.local.orphans import Warden
from mlspec.local.process import Process, exit_words
from mlspec.local.serving.errors import DidNotStart
from mlspec.local.serving.logs import telling
from mlspec.plan.contract import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

HOST = "127.0.0.1"
"""Nobody else's machine is served."""
GRACE_SECONDS = 5.0
"""Between the wish that a server ends and its end by force."""

_POLL_SECONDS = 0.05
_LOG_LINES = 20


class Server:
    """A running program that listens on a port of this machine, and a log of what it says."""

    def __init__(self, name: str, process: Process, *, port: int, ready: str, log: Path) -> None:
        """`ready` is the path that answers 200 when the server can be asked."""
        self.name, self.process, self.port, self.log = name, process, port, log
        self._ready = ready

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", self._ready)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def failed(self, reason: str) -> DidNotStart:
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            tail = "\n".join(telling(lines, _LOG_LINES)).rstrip()
        return DidNotStart(self.name, reason, str(self.log), tail)

    def has_ended(self) -> DidNotStart | None:
        """Why, if it has."""
        code = self.process.poll()
        return None if code is None else self.failed(f"ended ({exit_words(code)})")


class Servers:
    """The servers of one command. While it is open none of them outlives this process, whatever
    becomes of it; on leaving it, nothing of them is left."""

    def __init__(self, run: str) -> None:
        """`run` tells their processes from all others."""
        self._run, self._warden = run, Warden(run)
        self._servers: list[Server] = []

    def __enter__(self) -> Self:
        self._warden.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.process.stop(GRACE_SECONDS)  # all at once, then wait for each
        for server in self._servers:
            while server.process.poll() is None:
                server.process.insist()
                time.sleep(_POLL_SECONDS)
            self._warden.release(server.process.group)
        self._warden.__exit__()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        ready: str,
        log: Path,
        cwd: Path,
        env: Mapping[str, str],
    ) -> Server:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        own = {RUN: self._run, "TMPDIR": str(self._warden.scratch), "PYTHONUNBUFFERED": "1"}
        process = Process(command, env={**env, **own}, cwd=cwd, log=log)
        self._warden.guard(process.group)
        server = Server(name, process, port=port, ready=ready, log=log)
        self._servers.append(server)
        return server

    def wait_until_ready(
        self, seconds: float, interrupted: Callable[[], bool] = lambda: False
    ) -> None:
        """Until all answer, or `interrupted`. DidNotStart where one ends, or takes longer."""
        deadline = time.monotonic() + seconds
        waiting = list(self._servers)
        while waiting and not interrupted():
            self.check()
            waiting = [server for server in waiting if not server.is_ready()]
            if waiting and time.monotonic() > deadline:
                raise waiting[0].failed(f"was not ready after {seconds:.0f} s")
            if waiting:
                time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """DidNotStart where one has ended."""
        for server in self._servers:
            if (error := server.has_ended()) is not None:
                raise error


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now, for servers that cannot say which one they were given."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
