"""`image`: the container image that the project's own programs run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from mlspec.language.scalars import Digest, ImageRepository, ImageTag


class Image(Record):
    """A container image, in parts."""

    repository: ImageRepository
    """Registry and repository, without a tag."""
    tag: ImageTag = ""
    """The tag. A moving one, such as `latest`, is an error: pin a version."""
    digest: Digest = ""
    """The digest. With it, the tag is only a comment for people."""
