"""The platform: what its shape alone cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.images import check_pinned
from mlspec.checks.sources import check_one_way, cloud_of
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.language.platform import Platform


_CLOUD = {"s3": "aws", "gcs": "google", "azure-blob": "azure"}


def check_platform(platform: Platform) -> Iterator[Problem]:
    credentials = platform.artifacts.credentials
    identity = credentials.workload_identity if credentials else ""
    if identity and cloud_of(identity) != _CLOUD[platform.artifacts.type]:
        yield Problem(
            "MLS219", ("artifacts", "credentials", "workload_identity"),
            f"this cloud identity has no effect on storage of type `{platform.artifacts.type}`",
            help="name an identity of the same cloud, or a secret", on_key=True,
        )  # fmt: skip
    yield from check_pinned(platform.runtime.image, ("runtime", "image"))
    yield from check_one_way(credentials, ("artifacts", "credentials"))
