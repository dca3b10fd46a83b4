"""What must be there before anything runs: packages, secrets."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from mlspec.local.errors import CannotRun
from mlspec.local.parts import is_ours
from mlspec.plan.model import AzureLocation, GcsLocation, HdfsLocation, S3Location

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


def _secrets(steps: list[Step], environ: Mapping[str, str]) -> Iterable[str]:
    for step in steps:
        for secret in step.secrets:
            if not environ.get(secret.name):
                yield (
                    f"{step.name} needs a secret in the environment variable {secret.name} "
                    f"(in the cluster: key `{secret.key}` of Secret `{secret.secret}`)"
                )
