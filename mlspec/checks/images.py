"""Images: every step has one, it is pinned, and where the environment is protected it is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.image import Image
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.tree import Path

_MOVING_TAGS = {"", "latest", "main", "master", "dev", "edge", "nightly", "stable"}


def check_images(context: Context) -> Iterator[Problem]:
    for path, image in written_images(context):
        yield from _pinned(context, image, path)
    for path, name in _imageless(context):
        yield Problem(
            "MLS102", path, f"there is no image for `{name}` to run in",
            help="add `image:` at the top of the document", on_key=True,
        )  # fmt: skip
        break
    if context.protected and context.flow.nodes:
        yield from _locked(
            context, context.platform.runtime.image, ("environments", context.environment)
        )


def reference(image: str | Image) -> str:
    """An image as one text: `repository[:tag][@digest]`."""
    if isinstance(image, str):
        return image
    tag = f":{image.tag}" if image.tag else ""
    digest = f"@{image.digest}" if image.digest else ""
    return f"{image.repository}{tag}{digest}"


def tag_of(image: str) -> str:
    """The tag of an image reference without a digest; empty when it has none."""
    name = image.rpartition("/")[2]
    return name.partition(":")[2]


def written_images(context: Context) -> Iterator[tuple[Path, str]]:
    """The images that the project names, and where."""
    if context.project.image is not None:
        yield ("image",), reference(context.project.image)
    for node in context.flow.nodes:
        if node.spec.image is not None:
            yield (*node.path, "image"), reference(node.spec.image)


def _imageless(context: Context) -> Iterator[tuple[Path, str]]:
    """The programs of the project that have no image. An evaluation takes its training's."""
    project = context.project
    if project.image is not None:
        return
    for name, source in project.data.sources.items():
        if source.run:
            yield ("data", "sources", name), name
    for node in context.flow.nodes:
        trained = project.training[node.model].image if node.model else None
        if node.spec.image is None and trained is None:
            yield node.path, node.name


def _pinned(context: Context, image: str, path: Path) -> Iterator[Problem]:
    moving = list(check_pinned(image, path))
    yield from moving
    if context.protected and not moving:
        yield from _locked(context, image, path)


def check_pinned(image: str, path: Path) -> Iterator[Problem]:
    """An image has a digest, or a tag that stays."""
    tag = tag_of(image)
    if "@" not in image and tag in _MOVING_TAGS:
        said = f"the tag `{tag}` moves" if tag else "it has no tag, which means `latest`"
        yield Problem(
            "MLS402", path, f"the image is not pinned: {said}",
            help="name a version, such as `:1.4.0`, or a digest",
        )  # fmt: skip


def _locked(context: Context, image: str, path: Path) -> Iterator[Problem]:
    if "@" not in image and image not in context.locked.images:
        yield Problem(
            "MLS403", path,
            f"`{context.environment}` is protected, and mlspec.lock has no digest for `{image}`",
            help=f"run `mlspec lock --env {context.environment}`",
        )  # fmt: skip
