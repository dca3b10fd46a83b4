"""A stand-in for the part of GitHub's and GitLab's APIs that comments are written with.

It cannot be them here; the client (curl and jq, or the note script) and the way between are real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-that-may-write"
ME = {"id": 7, "type": "Bot"}


class Forge:
    """Comments in memory, and what was asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.comments: list[dict[str, Any]] = []
        self.requests: list[str] = []

    def add(self, body: str, *, user: dict[str, Any] | None = None) -> int:
        number = 100 + len(self.comments)
        author = user or ME
        self.comments.append({"id": number, "body": body, "user": author, "author": author})
        return number

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments]

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Forge]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.forge = forge = cls(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield forge
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """GET a user or a page of comments, POST one, PATCH (GitHub) or PUT (GitLab) one."""

    def do_GET(self) -> None:
        if not self._may():
            return
        forge, url = self._forge, urlsplit(self.path)
        if url.path.endswith("/user"):
            self._answer(ME)
            return
        asked = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
        start = (asked["page"] - 1) * asked["per_page"]
        self._answer(forge.comments[start : start + asked["per_page"]])

    def do_POST(self) -> None:
        if self._may():
            self._answer({"id": self._forge.add(self._content()["body"])}, status=201)

    def do_PATCH(self) -> None:
        if self._may():
            number = int(self.path.rpartition("/")[2])
            [comment] = [each for each in self._forge.comments if each["id"] == number]
            comment["body"] = self._content()["body"]
            self._answer(comment)

    do_PUT = do_PATCH

    @property
    def _forge(self) -> Forge:
        forge: Forge = self.server.forge  # type: ignore[attr-defined]
        return forge

    def _may(self) -> bool:
        """Notes the request, and answers it where the token is not the right one."""
        self._forge.requests.append(f"{self.command} {urlsplit(self.path).path}")
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if TOKEN in (given, self.headers.get("PRIVATE-TOKEN")):
            return True
        self._answer({"message": "Bad credentials"}, status=401)
        return False

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return content

    def _answer(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the tests look at `requests`."""
