"""What must be there before anything runs: packages, secrets."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from mlspec.local import fetch
from mlspec.local.errors import CannotRun
from mlspec.local.parts import is_ours
from mlspec.plan.model import (
    AzureLocation,
    Credentials,
    GcsLocation,
    HdfsLocation,
    HttpLocation,
    S3Location,
    SecretEnv,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlspec.plan.model import Step

EXTRA = ("mlflow", "sqlalchemy", "alembic", "pyarrow")
"""Modules of the extra `local`."""

_FETCHERS = {
    S3Location: ("s3fs", "s3fs"),
    GcsLocation: ("gcsfs", "gcsfs"),
    AzureLocation: ("adlfs", "adlfs"),
    HdfsLocation: ("fsspec", "fsspec"),
}
"""Kind of storage → the module that reads it, the package that brings that."""


def check(steps: Iterable[Step], environ: Mapping[str, str]) -> None:
    """Raises CannotRun, which names everything that these steps miss."""
    chosen = list(steps)
    missing = [*_packages(chosen), *_secrets(chosen, environ)]
    if missing:
        raise CannotRun("\n".join(missing))


def _packages(steps: list[Step]) -> Iterable[str]:
    if any(is_ours(step) for step in steps):
        absent = [module for module in EXTRA if importlib.util.find_spec(module) is None]
        if absent:
            what = " and ".join((", ".join(absent[:-1]), absent[-1]) if absent[1:] else absent)
            verb = "are" if absent[1:] else "is"
            yield f"{what} {verb} not installed; install with: pip install 'mlspec[local]'"
    for step in steps:
        found = _FETCHERS.get(type(step.fetch.location)) if step.fetch else None
        if found and importlib.util.find_spec(found[0]) is None:
            yield (
                f"{step.name} fetches its data with {found[1]}, which is not installed; "
                f"install with: pip install {found[1]}; or let the environment `local` read a file"
            )


def secrets_of(step: Step, environ: Mapping[str, str]) -> tuple[SecretEnv, ...]:
    """What the step is given, and what fetching its data over HTTP takes. Other storage is read
    with the log-ins of this machine, as HTTP is where ~/.netrc has one."""
    if step.fetch is None or not isinstance(step.fetch.location, HttpLocation):
        return step.secrets
    found = step.fetch.credentials or Credentials(keys={})
    given = tuple(
        SecretEnv(name=f"{fetch.CREDENTIAL}_{role.upper()}", secret=found.secret, key=key)
        for role, key in found.keys.items()
    )
    if not any(environ.get(each.name) for each in given) and fetch.login(step.fetch.location.url):
        return step.secrets
    return (*step.secrets, *given)


def _secrets(steps: list[Step], environ: Mapping[str, str]) -> Iterable[str]:
    for step in steps:
        for secret in secrets_of(step, environ):
            if not environ.get(secret.name):
                yield (
                    f"{step.name} needs a secret in the environment variable {secret.name} "
                    f"(in the cluster: key `{secret.key}` of Secret `{secret.secret}`)"
                )
