"""Asks a service for predictions, over HTTP: it may run here or anywhere."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mlspec.local.serving.errors import NotRunning, Refused
from mlspec.local.serving.protocol import (
    fitted,
    predictions_in,
    request_for,
    signature_of,
)
from mlspec.local.serving.router import PREDICTOR_HEADER, VERSION_HEADER, infer_path
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from mlspec.local.serving.protocol import Signature
    from mlspec.local.serving.rows import Row

_TIMEOUT_SECONDS = 60


class Predictions(Record):
    """`rows` is what was sent. Predictor and version are empty where the service does not say who
    answered."""

    rows: tuple[Row, ...]
    answers: tuple[dict[str, Any], ...]
    predictor: str = ""
    version: str = ""


class Client:
    """A service at `url`, whose model is called `node` in the protocol."""

    def __init__(self, url: str, node: str) -> None:
        self._url, self._node = urlsplit(url), node

    def predict(self, rows: Sequence[Row]) -> Predictions:
        """BadData where the rows do not fit the model, Refused where the service finds fault."""
        signature = self.signature()
        sent = fitted(signature, rows)
        body = request_for(signature, sent)
        answer, headers = self._ask("POST", infer_path(self._node), body)
        return Predictions(
            rows=tuple(sent),
            answers=tuple(predictions_in(answer, len(rows))),
            predictor=headers.get(PREDICTOR_HEADER, ""),
            version=headers.get(VERSION_HEADER, ""),
        )

    def signature(self) -> Signature:
        """What the model takes."""
        metadata, _ = self._ask("GET", f"/v2/models/{self._node}")
        return signature_of(metadata)

    def _ask(
        self, method: Literal["GET", "POST"], path: str, body: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else None
        connection = (kind or http.client.HTTPConnection)(
            self._url.netloc, timeout=_TIMEOUT_SECONDS
        )
        text = None if body is None else json.dumps(body)
        try:
            target = self._url.path.rstrip("/") + path
            connection.request(method, target, text, {"content-type": "application/json"})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise NotRunning(f"nothing answers at {self._url.geturl()}: {error}") from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise Refused(
                f"the service answered {response.status}: {_reason(content)}", code=response.status
            )
        return json.loads(content), {
            name.lower(): value for name, value in response.headers.items()
        }


def _reason(content: bytes) -> str:
    """What the server says is wrong, in its words."""
    text = content.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        return text[:500] or "nothing more"
    said = (found.get("error") or found.get("detail")) if isinstance(found, dict) else found
    return str(said or text)[:500]
