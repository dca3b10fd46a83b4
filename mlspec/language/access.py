"""`access`: what people may do in the project's namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.scalars import Name, Subject


class Role(Record):
    """A group of people with the same rights."""

    subjects: tuple[Subject, ...]
    """Who: `user:NAME`, `group:NAME`, `serviceaccount:NAMESPACE:NAME`."""
    may: tuple[Literal["view", "run", "stop", "logs"], ...]
    """`view` runs and services, `run` the pipeline, `stop` runs, read `logs`."""


class Access(Record):
    """Who may do what."""

    roles: Mapping[Name, Role] = {}
    """Roles, by name."""
