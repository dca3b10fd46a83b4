"""allowed-registries: images of projects come from these registries only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.images import reference
from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import AllowedRegistries
    from mlspec.language.image import Image
    from mlspec.source.tree import Path

_DOCKER_HUB = "docker.io"
"""Where an image without a host comes from: https://github.com/distribution/reference."""


def check(rule: AllowedRegistries, context: Context) -> Iterator[Break]:
    allowed = [each.rstrip("/") for each in rule.registries]
    for path, image in _images(context):
        name = full_name(reference(image))
        if not any(name.startswith(f"{each}/") or _is(name, each) for each in allowed):
            yield Break(
                path if isinstance(image, str) else (*path, "repository"),
                f"the image comes from `{name.rpartition('/')[0]}`, which is not allowed",
                help=f"use an image of {either(allowed)}" if allowed else "no image is allowed",
            )


def full_name(image: str) -> str:
    """An image with the host and folder that its short form leaves out."""
    first, slash, _ = image.partition("/")
    if not slash:
        return f"{_DOCKER_HUB}/library/{image}"
    is_host = "." in first or ":" in first or first == "localhost"
    return image if is_host else f"{_DOCKER_HUB}/{image}"


def _is(name: str, allowed: str) -> bool:
    """Whether the allowed name is the very repository of an image."""
    return name.partition("@")[0] == allowed or name.startswith((f"{allowed}:", f"{allowed}@"))


def _images(context: Context) -> Iterator[tuple[Path, str | Image]]:
    if context.project.image is not None:
        yield ("image",), context.project.image
    for node in context.flow.nodes:
        if node.spec.image is not None:
            yield (*node.path, "image"), node.spec.image
