"""How a step fails: foreseen problems as exceptions with an exit code, and no secret in any text.

Verbs raise; only `mlspec.runtime.__main__` catches, prints and turns them into an exit code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar
from urllib.parse import quote, quote_plus, unquote, urlsplit

# A shorter "secret" would blot out ordinary words of a message and protects nothing anyway.
SHORTEST_SECRET = 4
HIDDEN = "***"

_SECRET_NAME = re.compile(r"(PASSWORD|PASSWD|TOKEN|SECRET|SECRET_ACCESS_KEY|SECRET_KEY|API_KEY)$")
_URL_PASSWORD = re.compile(r"(://[^/\s:@'\"]*):[^@/\s'\"]+@")


class StepFailure(Exception):
    """The data, the model, the gate or the world is not as the step needs it: exit code 1."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(StepFailure):
    """The step was called wrongly (arguments or environment): exit code 2."""

    exit_code: ClassVar[int] = 2


class Unavailable(StepFailure):
    """A service does not answer as it should: exit code 3, and worth another try."""

    exit_code: ClassVar[int] = 3


class MissingPackage(StepFailure):
    """A library that this verb needs is not installed."""

    def __init__(self, module: str, install: str) -> None:
        super().__init__(f"{module} is not installed; install it with: pip install '{install}'")
        self.module = module
        self.install = install


def redact(text: str, environ: Mapping[str, str] | None = None) -> str:
    """The text with the password of every URL, and every secret of the environment, hidden."""
    for secret in sorted(_secrets(os.environ if environ is None else environ), key=len)[::-1]:
        text = text.replace(secret, HIDDEN)
    return _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)


def _secrets(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        found = value if _SECRET_NAME.search(name) else _password_of_url(value)
        if found is not None and len(found) >= SHORTEST_SECRET:
            yield from {found, quote(found, safe=""), quote_plus(found), repr(found)[1:-1]}


def _password_of_url(value: str) -> str | None:
    if "://" not in value:
        return None
    try:
        password = urlsplit(value).password
    except ValueError:
        return None
    return None if password is None else unquote(password)
