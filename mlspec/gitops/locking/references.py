"""What a project refers to by names whose meaning can change: what a lock is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.images import written_images
from mlspec.checks.lock import aliases_of, moving_sources
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.checks.context import Context


class References(Record):
    """The mutable names of a project in one environment; all sorted."""

    images: tuple[str, ...]
    """References without a digest."""
    models: tuple[tuple[str, str], ...]
    """Models, each with an alias that some service serves."""
    data: Mapping[str, tuple[str, str]]
    """Sources in Git that follow a branch or a tag: the repository, and the branch or tag."""


def references_of(context: Context) -> References:
    images = {image for _, image in written_images(context)}
    if context.flow.nodes:
        images.add(context.platform.runtime.image)
    models = {
        (service.model, alias)
        for name, service in context.project.serving.items()
        for alias, _ in aliases_of(service, ("serving", name))
    }
    moving = sorted(moving_sources(context.project).items())
    return References(
        images=tuple(sorted(image for image in images if "@" not in image)),
        models=tuple(sorted(models)),
        data={name: (source.uri, source.revision) for name, source in moving},
    )
