"""Who we are to a container registry: what `docker login` and its like have left on this machine.

The file is Docker's `config.json` (`$DOCKER_CONFIG` or ~/.docker). A helper program for the
registry comes first, as with Docker, then what stands in the file. Nothing read here is ever shown.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from mlspec.gitops.errors import GitopsError
from mlspec.gitops.locking.image_names import DOCKER_HUB

_DOCKER_HUB_KEY = "https://index.docker.io/v1/"
_TOKEN_USER = "<token>"
"""With this user name, a helper's secret is an identity token (docker-credential-helpers)."""
_HELPER_SECONDS = 30
_HELPER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_NOT_FOUND = "credentials not found in native keychain"
"""What helpers say, with exit code 1, where they know nothing of the registry."""


class Credentials(NamedTuple):
    user: str = ""
    password: str = ""
    identity_token: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"  # never into a log or a traceback


def config_file() -> Path:
    folder = os.environ.get("DOCKER_CONFIG")
    return (Path(folder) if folder else Path.home() / ".docker") / "config.json"


def credentials_for(registry: str, file: Path | None = None) -> Credentials | None:
    """The credentials for a registry, or None: then we ask as anybody."""
    config = _read(file or config_file())
    key = _DOCKER_HUB_KEY if registry == DOCKER_HUB else registry
    helper = _mapping(config, "credHelpers").get(key) or config.get("credsStore")
    if isinstance(helper, str) and helper:
        found = _ask(helper, key)
        if found is not None:
            return found
    return _in_file(_mapping(config, "auths"), registry, key)


def _read(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise GitopsError(f"cannot read {file}: {why}") from None
    return value if isinstance(value, dict) else {}


def _mapping(config: dict[str, Any], key: str) -> dict[str, Any]:
    value = config.get(key)
    return value if isinstance(value, dict) else {}


def _in_file(auths: dict[str, Any], registry: str, key: str) -> Credentials | None:
    for written, entry in auths.items():
        if written == key or _host(written) == registry:
            return _entry(entry)
    return None


def _host(key: str) -> str:
    """Keys may be written as `https://host/v2/`."""
    return key.partition("://")[2].partition("/")[0] if "://" in key else key


def _entry(entry: Any) -> Credentials | None:
    if not isinstance(entry, dict):
        return None
    token = entry.get("identitytoken")
    if isinstance(token, str) and token:
        return Credentials(identity_token=token)
    auth = entry.get("auth")
    if isinstance(auth, str) and auth:
        try:
            user, colon, password = base64.b64decode(auth).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return Credentials(user, password.rstrip("\0")) if colon else None
    name, secret = entry.get("username"), entry.get("password")
    if isinstance(name, str) and isinstance(secret, str) and name:
        return Credentials(name, secret)
    return None


def _ask(helper: str, key: str) -> Credentials | None:
    """What `docker-credential-HELPER get` says; what it prints is not for other eyes."""
    program = f"docker-credential-{helper}"
    if not _HELPER_NAME.match(helper):
        raise GitopsError(f"`{helper}` in {config_file()} is no name of a credential helper")
    try:
        done = subprocess.run(
            [program, "get"], input=key, capture_output=True, text=True, timeout=_HELPER_SECONDS
        )
    except FileNotFoundError:
        raise GitopsError(
            f"{config_file()} asks {program} for the credentials of {key}, which is not installed"
        ) from None
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        raise GitopsError(f"{program} does not answer") from None
    if done.returncode != 0:
        if _NOT_FOUND in done.stdout:
            return None
        raise GitopsError(f"{program} failed with exit code {done.returncode} for {key}")
    try:
        answer = json.loads(done.stdout)
        user, secret = str(answer["Username"]), str(answer["Secret"])
    except (ValueError, TypeError, KeyError):
        raise GitopsError(f"{program} gave an answer that cannot be read") from None
    if not secret:
        return None
    return Credentials(identity_token=secret) if user == _TOKEN_USER else Credentials(user, secret)
