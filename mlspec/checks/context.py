"""What a check may look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.language.project import LOCAL

if TYPE_CHECKING:
    from mlspec.checks.dataflow import Dataflow
    from mlspec.language.lock import LockedEnvironment
    from mlspec.language.platform import Platform, PlatformEnvironment
    from mlspec.language.project import Project


class Context(NamedTuple):
    """One project in one environment: the overlay is already merged in.

    `environment` is empty for a project that names none.
    """

    project: Project
    environment: str
    platform: Platform
    locked: LockedEnvironment
    flow: Dataflow

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
