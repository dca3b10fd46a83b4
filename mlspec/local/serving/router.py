"""The address of a service: what the gateway and Seldon's executor do in a cluster.

It passes each request on to one version, by weight, gives shadows their copy, and counts both.
"""

from __future__ import annotations

import errno
import http.client
import json
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from mlspec.local.serving.errors import BusyPort
from mlspec.local.serving.executor import ExecutorMetrics, service_of
from mlspec.local.serving.server import HOST
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PREDICTOR_HEADER = "mlspec-predictor"
VERSION_HEADER = "mlspec-model-version"
"""Of an answer: who gave it."""

_METRICS = ("/metrics", "/prometheus")  # the executor's own path is the second
_READY = "/v2/health/ready"
_TIMEOUT_SECONDS = 60
_SHADOW_THREADS = 4
_PASSED_ON = ("content-type", "accept", "inference-header-content-length")


def infer_path(node: str) -> str:
    """Where predictions are asked for."""
    return f"/v2/models/{node}/infer"


class Backend(Record):
    """A version behind the address. `traffic` and `shadow` are those of the plan's Predictor."""

    name: str
    version: str
    port: int
    traffic: int
    shadow: bool = False


class Answer(NamedTuple):
    code: int
    content_type: str
    body: bytes


class Entry(NamedTuple):
    """A line of the request log."""

    method: str
    path: str
    code: int
    predictor: str
    seconds: float
    is_copy: bool = False


class Router:
    """Listens from the moment it is made, so that a busy port is known before anything starts.

    `seed` makes the split come out the same each time.
    """

    def __init__(self, port: int, *, log: Callable[[Entry], None], seed: int | None = None) -> None:
        try:
            self._http = _Server((HOST, port), _Handler)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise BusyPort(port) from error
            raise
        self._http.router = self
        self._log = log
        self._random, self._lock = random.Random(seed), threading.Lock()
        self._copies = ThreadPoolExecutor(_SHADOW_THREADS, thread_name_prefix="shadow")
        self._live: tuple[Backend, ...] = ()
        self._shadows: tuple[Backend, ...] = ()
        self._metrics: ExecutorMetrics | None = None
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def open(self, deployment: str, backends: Sequence[Backend]) -> None:
        """From now on requests are answered; until then the service is not ready."""
        versions = {backend.name: backend.version for backend in backends}
        self._metrics = ExecutorMetrics(deployment, versions)
        self._shadows = tuple(backend for backend in backends if backend.shadow)
        self._live = tuple(backend for backend in backends if not backend.shadow)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._copies.shutdown(wait=False, cancel_futures=True)

    # ── what a request comes to ───────────────────────────────────────────────────────────────────

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[Answer, Backend | None]:
        """The answer, and who gave it; None where it is the router's own."""
        path = urlsplit(target).path
        if self._metrics is None:
            return _error(503, "the service is starting"), None
        if path in _METRICS:
            return Answer(200, "text/plain; version=0.0.4", self._metrics.text()), None
        if path == _READY or service_of(path) == "status":
            return self._readiness(target), None
        if service_of(path) == "predictions":
            self._copy(method, target, headers, body)
            backend = self._chosen()
        else:
            backend = self._live[0]  # all versions have the same name, and the first is the main
        return self._asked(backend, method, target, headers, body), backend

    def _readiness(self, target: str) -> Answer:
        """All versions must be, as the gateway would send requests to each."""
        answer = _error(503, "no version is loaded")
        for backend in (*self._live, *self._shadows):
            answer = _pass_on(backend, "GET", target, {}, b"")
            if answer.code != http.client.OK:
                return answer
        return answer

    def _chosen(self) -> Backend:
        with self._lock:
            weights = [backend.traffic for backend in self._live]
            return self._random.choices(self._live, weights)[0]

    def _copy(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        """To the shadows, whose answers nobody waits for."""
        for shadow in self._shadows:
            with self._lock:
                is_meant = self._random.random() * 100 < shadow.traffic
            if is_meant:
                arguments = (shadow, method, target, dict(headers), body)
                self._copies.submit(self._asked, *arguments, is_copy=True)

    def _asked(
        self,
        backend: Backend,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        is_copy: bool = False,
    ) -> Answer:
        assert self._metrics is not None
        start = time.perf_counter()
        answer = _pass_on(backend, method, target, headers, body)
        seconds = time.perf_counter() - start
        path = urlsplit(target).path
        if service := service_of(path):
            self._metrics.count(backend.name, service, method, answer.code, seconds)
        self._log(Entry(method, path, answer.code, backend.name, seconds, is_copy))
        return answer


def _pass_on(
    backend: Backend, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    connection = http.client.HTTPConnection(HOST, backend.port, timeout=_TIMEOUT_SECONDS)
    try:
        passed = {name: headers[name] for name in _PASSED_ON if name in headers}
        connection.request(method, target, body or None, passed)
        response = connection.getresponse()
        content_type = response.headers.get("content-type", "application/json")
        return Answer(response.status, content_type, response.read())
    except TimeoutError:
        return _error(504, f"{backend.name} did not answer within {_TIMEOUT_SECONDS} s")
    except (OSError, http.client.HTTPException) as error:
        return _error(503, f"{backend.name} does not answer: {error}")
    finally:
        connection.close()


def _error(code: int, message: str) -> Answer:
    return Answer(code, "application/json", json.dumps({"error": message}).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    router: Router

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True  # head and body are two writes

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        length = self.headers.get("content-length") or "0"
        if not length.isdecimal() or "transfer-encoding" in self.headers:
            self.send_error(411)  # it reads no chunks
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer, backend = self.server.router.answer(self.command, self.path, headers, body)
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(answer.code)
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", str(len(answer.body)))
            if backend is not None:
                self.send_header(PREDICTOR_HEADER, backend.name)
                self.send_header(VERSION_HEADER, backend.version)
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """The router has a log of its own."""
