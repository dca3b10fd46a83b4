"""mlspec.lock: which exact images, models and data each environment uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.scalars import ApiVersion, Digest, ImageReference, Line, Name


class LockedModel(Record):
    """The model version that an alias meant when the lock was written."""

    name: Line = ""
    """The registered model, where it is another than `PROJECT.ENVIRONMENT.MODEL`: that of a version
    that was promoted from another environment."""
    version: Line
    """The version in the registry."""
    uri: Line
    """Where the model's files are; what a server downloads."""
    run_id: Line = ""
    """The MLflow run that made it."""
    digest: Digest | None = None
    """The digest of the model's files."""


class LockedData(Record):
    """The version of a source's data."""

    revision: Line
    """The commit of a source that lives in Git."""


class LockedEnvironment(Record):
    """What one environment uses."""

    images: Mapping[ImageReference, Digest] = {}
    """Image references as the spec writes them, and their digests."""
    models: Mapping[Name, Mapping[Name, LockedModel]] = {}
    """Models, then registry aliases, and what each meant."""
    data: Mapping[Name, LockedData] = {}
    """Sources, and the version of their data."""


class Lock(Record):
    """Which exact images, models and data each environment uses."""

    apiVersion: ApiVersion
    """The version of the language."""
    kind: Literal["Lock"]
    """`Lock`"""
    environments: Mapping[Name, LockedEnvironment] = {}
    """Environments, by name."""
