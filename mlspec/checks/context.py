"""What a check may look at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from mlspec.checks.texts import Texts, texts_of
from mlspec.language.project import LOCAL

if TYPE_CHECKING:
    from mlspec.checks.dataflow import Dataflow
    from mlspec.language.lock import LockedEnvironment
    from mlspec.language.platform import Platform, PlatformEnvironment
    from mlspec.language.project import Project


class _Given(NamedTuple):
    project: Project
    environment: str
    platform: Platform
    locked: LockedEnvironment
    flow: Dataflow


class Context(_Given):
    """One project in one environment: the overlay is already merged in.

    `environment` is empty for a project that names none.
    """

    @cached_property
    def texts(self) -> Texts:
        """Those of the project: several checks ask for them. Or, where all that was written was
        read, those of the whole file: it is looked through once for all its environments, and but
        for the language's own defaults, what they have stands in it."""
        return texts_of(self.project)

    @property
    def in_cluster(self) -> bool:
        return self.environment not in ("", LOCAL)

    @property
    def platform_environment(self) -> PlatformEnvironment | None:
        return self.platform.environments.get(self.environment)

    @property
    def protected(self) -> bool:
        found = self.platform_environment
        return self.in_cluster and found is not None and found.protected
