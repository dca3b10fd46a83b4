"""Stands in for a container registry and its token server, which no test can have: what the OCI
distribution specification and the Docker registry's token specification say that they answer."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MANIFEST = b'{"schemaVersion": 2}'
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"
USER, PASSWORD, IDENTITY = "ana", "p:ss w0rd", "identity-4711"


class StandIn:
    """What the registry is like, and the requests that it has had."""

    def __init__(self) -> None:
        self.host = ""
        self.private = False
        self.basic = False
        self.tells_digest = True
        self.open = False
        self.moved_to = ""
        """The host that manifests are to be had from."""
        self.challenge = 'Bearer realm="{realm}",service="stand-in",scope="{scope}"'
        self.hangs_up = False
        """In the middle of a body."""
        self.proofs: list[str] = []
        self.failures: list[int] = []
        """Answered, one each, before anything else."""
        self.had: list[tuple[str, str]] = []
        self.accepted: list[str] = []

    def requests(self) -> list[str]:
        return [f"{method} {urlsplit(path).path}" for method, path in self.had]


@contextmanager
def registry() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._handle("HEAD")

        def do_GET(self) -> None:
            self._handle("GET")

        def do_POST(self) -> None:
            self._handle("POST")

        def _handle(self, method: str) -> None:
            size = int(self.headers.get("content-length") or 0)
            form = parse_qs(self.rfile.read(size).decode())
            stand_in.had.append((method, self.path))
            if stand_in.failures:
                self._answer(stand_in.failures.pop(0), b"", {"Retry-After": "1"})
            elif self.path.startswith("/token"):
                self._token(form)
            else:
                self._manifest()

        def _token(self, form: dict[str, list[str]]) -> None:
            query = parse_qs(urlsplit(self.path).query)
            asked = form or query
            proof = self.headers.get("Authorization", "")
            basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            is_known = proof == f"Basic {basic}" or form.get("refresh_token") == [IDENTITY]
            if stand_in.private and not is_known:
                self._answer(401, b"")
                return
            token = {"token": f"for {asked['scope'][0]} of {asked['service'][0]}"}
            self._answer(200, json.dumps(token).encode())

        def _manifest(self) -> None:
            stand_in.accepted.append(self.headers.get("Accept", ""))
            _, _, rest = self.path.partition("/v2/")
            repository, _, tag = rest.partition("/manifests/")
            proof = self.headers.get("Authorization", "")
            stand_in.proofs.append(proof)
            if stand_in.open:
                pass
            elif stand_in.basic:
                basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
                if proof != f"Basic {basic}":
                    self._answer(401, b"", {"WWW-Authenticate": 'Basic realm="here"'})
                    return
            elif proof != f"Bearer for repository:{repository}:pull of stand-in":
                realm = f"http://{stand_in.host}/token"
                scope = f"repository:{repository}:pull"
                challenge = stand_in.challenge.format(realm=realm, scope=scope)
                self._answer(401, b"", {"WWW-Authenticate": challenge})
                return
            if stand_in.moved_to:
                self._answer(307, b"", {"Location": f"http://{stand_in.moved_to}{self.path}"})
                return
            if tag == "gone":
                self._answer(404, b"")
                return
            told = {"Docker-Content-Digest": DIGEST} if stand_in.tells_digest else {}
            self._answer(200, MANIFEST, told)

        def _answer(self, code: int, body: bytes, headers: dict[str, Any] | None = None) -> None:
            self.send_response(code)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) // 2 if stand_in.hangs_up else None])

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in.host = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()
