"""`python -m mlspec.local.fetch JSON TARGET`: brings the data of a source, as a cluster's artifact
driver would. JSON is the kind of location and its fields.

A process of its own, so that it can be stopped like a step. Credentials are those of this machine:
of HTTP from MLSPEC_CREDENTIAL_USERNAME and _PASSWORD or ~/.netrc, of Git those that git itself
knows, of clouds those of their usual variables, files and log-ins.
"""

from __future__ import annotations

import base64
import json
import netrc
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlspec.plan.model import Fetch

CREDENTIAL = "MLSPEC_CREDENTIAL"
"""How the variables with a source's credentials begin."""
_SECONDS_OF_SILENCE = 60


def command(fetch: Fetch, target: Path) -> list[str]:
    """The command that brings the data to `target`."""
    kind = type(fetch.location).__name__.removesuffix("Location").lower()
    value = {"kind": kind, **vars(fetch.location)}
    return [sys.executable, "-m", "mlspec.local.fetch", json.dumps(value), str(target)]


def http(target: Path, *, url: str) -> None:
    request = urllib.request.Request(url, headers=_authorization(url))
    with (
        urllib.request.urlopen(request, timeout=_SECONDS_OF_SILENCE) as answer,
        target.open("wb") as stream,
    ):
        shutil.copyfileobj(answer, stream, 1 << 20)


def _authorization(url: str) -> dict[str, str]:
    user = os.environ.get(f"{CREDENTIAL}_USERNAME", "")
    password = os.environ.get(f"{CREDENTIAL}_PASSWORD", "")
    if not password:
        user, password = login(url) or ("", "")
    if not password:
        return {}
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def login(url: str) -> tuple[str, str] | None:
    """User and password that ~/.netrc has for the server."""
    try:
        found = netrc.netrc().authenticators(urlsplit(url).hostname or "")
    except (OSError, netrc.NetrcParseError):
        return None
    return (found[0], found[2]) if found and found[2] else None


def git(target: Path, *, repository: str, revision: str, path: str) -> None:
    """The whole history, as in the cluster: a pinned commit may be anywhere in it."""
    _git("clone", "--quiet", "--no-checkout", "--", repository, str(target))
    commit = _commit(target, revision)
    _git("-C", str(target), "checkout", "--quiet", "--detach", commit, "--")
    if not (target / path).exists():
        raise FileNotFoundError(2, f"not in {repository} at {revision}", path)


def _git(*words: str) -> None:
    """Without a question to the user, who is not asked here."""
    environ = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    subprocess.run(["git", *words], check=True, env=environ, stdin=subprocess.DEVNULL)


def _commit(clone: Path, revision: str) -> str:
    """A branch is the remote's, a tag or a commit is itself."""
    for name in (f"refs/remotes/origin/{revision}", revision):
        done = subprocess.run(
            ["git", "-C", str(clone), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            return done.stdout.strip()
    return revision


def s3(target: Path, *, bucket: str, key: str, endpoint: str, region: str, insecure: bool) -> None:
    url = f"{'http' if insecure else 'https'}://{endpoint}"
    options = {"region_name": region} if region else {}
    _with_fsspec("s3", f"{bucket}/{key}", target, endpoint_url=url, client_kwargs=options)


def gcs(target: Path, *, bucket: str, key: str) -> None:
    _with_fsspec("gcs", f"{bucket}/{key}", target)


def azure(target: Path, *, endpoint: str, container: str, blob: str) -> None:
    account = (urlsplit(endpoint).hostname or "").partition(".")[0]
    _with_fsspec("abfs", f"{container}/{blob}", target, account_name=account, anon=False)


def hdfs(target: Path, *, addresses: list[str], path: str, user: str) -> None:
    host, _, port = addresses[0].partition(":")
    _with_fsspec("hdfs", path, target, host=host, port=int(port or 8020), user=user)


def _with_fsspec(protocol: str, path: str, target: Path, **options: Any) -> None:
    from importlib import import_module

    fsspec: Any = import_module("fsspec")  # untyped, and not of any extra: see preflight.py

    place = fsspec.filesystem(protocol, **options)
    if place.isdir(path):
        place.get(f"{path.rstrip('/')}/", f"{target}/", recursive=True)
    else:
        place.get_file(path, str(target))


_KINDS: dict[str, Callable[..., None]] = {
    "http": http,
    "git": git,
    "s3": s3,
    "gcs": gcs,
    "azure": azure,
    "hdfs": hdfs,
}


_PLACES = ("bucket", "container", "key", "blob", "path")
"""Fields that clouds' libraries do not name when they find nothing there; no credentials."""


def main(value: str, target: str) -> int:
    """The exit code; what is wrong goes to stderr, without any credential."""
    fields = json.loads(value)
    kind = fields.pop("kind")
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        _KINDS[kind](Path(target), **fields)
    except subprocess.CalledProcessError:  # git has said why
        return 1
    except Exception as error:  # whatever a storage's own library raises
        place = ", ".join(f"{name} {fields[name]}" for name in _PLACES if fields.get(name))
        print(f"cannot fetch {kind} data{place and f' ({place})'}: {error}", file=sys.stderr)
        return 1
    print(f"fetched {kind} data")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
