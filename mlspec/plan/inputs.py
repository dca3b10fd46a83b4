"""What a plan is made of: one project in one environment, with everything that decides about it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mlspec.checks.images import reference
from mlspec.checks.limits import default_of
from mlspec.plan.names import registered_name

if TYPE_CHECKING:
    from mlspec.checks.dataflow import Dataflow
    from mlspec.language.image import Image
    from mlspec.language.lock import LockedEnvironment
    from mlspec.language.platform import Platform
    from mlspec.language.project import Project
    from mlspec.language.resources import Resources as Asked
    from mlspec.plan.model import Notify, Resources


class Inputs(NamedTuple):
    project: Project
    environment: str
    platform: Platform
    locked: LockedEnvironment
    flow: Dataflow

    @property
    def name(self) -> str:
        return self.project.metadata.name

    @property
    def folder(self) -> str:
        """Where this project and environment keep their things in shared storage."""
        return f"{self.name}/{self.environment}"

    @property
    def protected(self) -> bool:
        found = self.platform.environments.get(self.environment)
        return found is not None and found.protected

    def image(self, image: str | Image | None) -> str:
        """The image, or the project's, with the digest that the lock knows."""
        chosen = image if image is not None else self.project.image
        assert chosen is not None  # check_images
        return self.locked_image(reference(chosen))

    def locked_image(self, image: str) -> str:
        digest = self.locked.images.get(image)
        return f"{image}@{digest}" if digest and "@" not in image else image

    def resources(self, asked: Asked | None) -> Resources:
        """What is asked for, and the platform's defaults for the rest."""
        cpu = asked.cpu if asked is not None else None
        memory = asked.memory if asked is not None else None
        return _resources(
            cpu if cpu is not None else default_of(self.platform, "cpu"),
            memory or default_of(self.platform, "memory"),
            asked.gpu if asked is not None else default_of(self.platform, "gpu"),
        )

    def registered_name(self, model: str) -> str:
        return registered_name(self.name, self.environment, model)


@lru_cache(maxsize=256, typed=True)  # steps ask for a few sizes, or for none
def _resources(cpu: str | int | float, memory: str, gpu: int) -> Resources:
    from mlspec.language.units import cpu_quantity, memory_quantity
    from mlspec.plan.model import Resources

    return Resources(cpu=cpu_quantity(cpu), memory=memory_quantity(memory), gpu=gpu)


def notify_of(written: object) -> Notify:
    """The plan's Notify for the language's, or for none."""
    from mlspec.language.monitoring import Notify as Written
    from mlspec.plan.model import Notify

    found = written if isinstance(written, Written) else Written()
    return Notify(severity=found.severity, channel=found.channel, runbook=found.runbook or "")
