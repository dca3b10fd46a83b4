"""A container registry, asked what a tag means: the OCI distribution API, reading only.

Tokens as https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/ have it. It
asks as anybody first, and with credentials only once it is told to prove itself.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.credentials import Credentials, credentials_for
from mlspec.gitops.locking.image_names import ImageName, is_loopback, parse_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ACCEPT = ", ".join((
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
))  # fmt: skip
"""Indexes first: the digest must mean the image on every architecture, where there are several."""

SECONDS = 20.0
"""For one answer."""
WAITS = (0.5, 2.0, 5.0)
"""Seconds before each further try."""
LONGEST_WAIT = 30.0
_LARGEST_MANIFEST = 8 << 20
_PASSING = {429, 500, 502, 503, 504}
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}\Z")
_CHALLENGE = re.compile(
    r"""(?:^|,)\s*(?P<scheme>[A-Za-z][\w-]*)(?=\s+[^\s=,]|\s*(?:,|$))\s*
    | (?P<key>[A-Za-z_-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]+))""",
    re.VERBOSE,
)
"""A scheme, or one of its parameters: one header may hold several challenges (RFC 9110, 11.6.1)."""


class _Answer(NamedTuple):
    code: int
    headers: Any
    body: bytes


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but shows who we are to nobody else, and never leaves HTTPS."""

    def redirect_request(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        found = super().redirect_request(req, fp, code, msg, headers, newurl)
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if old.scheme == "https" and new.scheme != "https":
            return None
        if found is not None and (old.scheme, old.netloc) != (new.scheme, new.netloc):
            found.remove_header("Authorization")
        if found is not None:
            found.method = req.get_method()  # a HEAD stays a HEAD
        return found


class Registries:
    """All registries, each asked once for each image and token."""

    def __init__(
        self,
        credentials: Callable[[str], Credentials | None] = credentials_for,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials, self._sleep = credentials, sleep
        self._open = urllib.request.build_opener(_Redirects).open
        self._proofs: dict[tuple[str, str], str] = {}
        self._known: dict[str, str] = {}
        self._silent: dict[str, str] = {}
        """Hosts that did not answer, and why: they are not waited for again with every image."""

    def digest_of(self, reference: str) -> str:
        """The digest that the tag of an image means now."""
        if reference not in self._known:
            self._known[reference] = self._look_up(parse_image(reference), reference)
        return self._known[reference]

    def _look_up(self, name: ImageName, reference: str) -> str:
        answer = self._manifest("HEAD", name, reference)
        told = answer.headers.get("Docker-Content-Digest", "")
        if _DIGEST.match(told):
            return str(told)
        # The header is optional in the specification; the digest is that of the manifest's bytes.
        body = self._manifest("GET", name, reference).body
        return f"sha256:{hashlib.sha256(body).hexdigest()}"

    def _manifest(self, method: str, name: ImageName, reference: str) -> _Answer:
        url = f"{name.base}/v2/{name.repository}/manifests/{name.tag}"
        place = (name.registry, name.repository)
        proof = self._proofs.get(place, "")
        answer = self._ask(method, url, proof, reference)
        if answer.code == 401:
            self._proofs[place] = self._prove(name, answer, reference)
            answer = self._ask(method, url, self._proofs[place], reference)
        if answer.code == 200:
            return answer
        raise _refusal(answer.code, name, reference)

    def _prove(self, name: ImageName, answer: _Answer, reference: str) -> str:
        """The value of the Authorization header that the registry asks for."""
        asked = challenges_in(answer.headers.get_all("WWW-Authenticate") or [])
        found = self._credentials(name.registry)
        if "bearer" in asked:
            return f"Bearer {self._token(name, asked['bearer'], found)}"
        if "basic" in asked and found and found.user:
            return _basic(found)
        raise _refusal(401, name, reference)

    def _token(self, name: ImageName, asked: dict[str, str], found: Credentials | None) -> str:
        realm = asked.get("realm", "")
        if not _is_safe(realm, name):
            raise GitopsError(f"{name.registry} sends us to `{realm}` for a token, not over HTTPS")
        scope = asked.get("scope") or f"repository:{name.repository}:pull"
        query = {"service": asked.get("service", ""), "scope": scope}
        what = f"a token of {name.registry}"
        if found and found.identity_token:
            form = query | {
                "grant_type": "refresh_token",
                "client_id": "mlspec",
                "refresh_token": found.identity_token,
            }
            answer = self._ask("POST", realm, "", what, urlencode(form).encode())
        else:
            proof = _basic(found) if found else ""
            joint = "&" if "?" in realm else "?"
            answer = self._ask("GET", f"{realm}{joint}{urlencode(query)}", proof, what)
        if answer.code in (401, 403):
            raise _refusal(answer.code, name, what)
        try:
            told = json.loads(answer.body)
            return str(told.get("token") or told["access_token"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise GitopsError(
                f"{name.registry} gives no token: its token server answers {answer.code}"
            ) from None

    def _ask(
        self, method: str, url: str, proof: str, what: str, data: bytes | None = None
    ) -> _Answer:
        """One answer, after as many tries as it takes: of those that pass, all are tried again."""
        headers = {"Accept": ACCEPT, "User-Agent": "mlspec"}
        if proof:
            headers["Authorization"] = proof
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        host = urlsplit(url).netloc
        for wait in () if host in self._silent else (*WAITS, None):
            try:
                answer = self._once(request)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if wait is None:
                    self._silent[host] = _reason(error)
                    break
                self._sleep(wait)
                continue
            if answer.code not in _PASSING or wait is None:
                return answer
            self._sleep(_asked_wait(answer) or wait)
        raise GitopsError(
            f"cannot look up {what}: {host} does not answer ({self._silent[host]})",
            "try again, or give the digest with --image REF=DIGEST",
        )

    def _once(self, request: urllib.request.Request) -> _Answer:
        try:
            with self._open(request, timeout=SECONDS) as response:
                return _Answer(response.status, response.headers, _body(response))
        except urllib.error.HTTPError as error:
            with error:
                return _Answer(error.code, error.headers, b"")


def _body(response: Any) -> bytes:
    """All of it, in bounded time: the timeout of a socket is that of a single read."""
    end, body = time.monotonic() + SECONDS, b""
    while part := response.read1(1 << 16):
        body += part
        if len(body) > _LARGEST_MANIFEST:
            raise GitopsError(f"{urlsplit(response.url).netloc} sends far too much")
        if time.monotonic() > end:
            raise TimeoutError("timed out")
    if response.length:  # a digest of half the bytes is that of nothing
        raise http.client.IncompleteRead(body, response.length)
    return body


def challenges_in(headers: Iterable[str]) -> dict[str, dict[str, str]]:
    """The parameters of each way to prove oneself, by its scheme in lower case."""
    found: dict[str, dict[str, str]] = {}
    for header in headers:
        parameters: dict[str, str] = {}
        for match in _CHALLENGE.finditer(header):
            if match["scheme"]:
                parameters = found.setdefault(match["scheme"].lower(), {})
            else:
                quoted = match["quoted"]
                value = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                parameters.setdefault(match["key"].lower(), value)
    return found


def _is_safe(realm: str, name: ImageName) -> bool:
    """Whether a token server may see our credentials: over HTTPS, or all on this machine."""
    place = urlsplit(realm)
    if place.scheme == "http":
        return is_loopback(place.netloc) and name.base.startswith("http://")
    return place.scheme == "https"


def _basic(found: Credentials) -> str:
    pair = f"{found.user}:{found.password}".encode()
    return f"Basic {base64.b64encode(pair).decode('ascii')}"


def _asked_wait(answer: _Answer) -> float:
    """What the server asks us to wait, where it says so in seconds."""
    text = str(answer.headers.get("Retry-After", "")).strip()
    return min(float(text), LONGEST_WAIT) if text.isascii() and text.isdigit() else 0.0


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__


def _refusal(code: int, name: ImageName, what: str) -> GitopsError:
    if code == 404:
        return GitopsError(
            f"there is no image `{what}`: {name.registry} answers 404",
            "push it first, or mend its name and tag",
        )
    if code in (401, 403):
        return GitopsError(
            f"{name.registry} does not show us `{what}`: it answers {code}",
            f"log in with `docker login {name.registry}`, see that the name is right, or give the "
            "digest with --image REF=DIGEST",
        )
    if code == 429:
        return GitopsError(
            f"cannot look up `{what}`: {name.registry} has had too many requests (it answers 429)",
            f"log in with `docker login {name.registry}`, which allows more; try again later, or "
            "give the digest with --image REF=DIGEST",
        )
    return GitopsError(
        f"cannot look up `{what}`: {name.registry} answers {code}",
        "try again, or give the digest with --image REF=DIGEST",
    )
