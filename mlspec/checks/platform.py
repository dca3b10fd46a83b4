"""The platform: what its shape alone cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.images import check_pinned
from mlspec.checks.sources import check_one_way, check_remote_name, cloud_of
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.language.platform import Backend, Platform
    from mlspec.source.tree import Path


_PATTERNS = ("remote", "platform_remote")
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
    yield from _secrets(platform)
    yield from check_pinned(platform.runtime.image, ("runtime", "image"))
    yield from check_one_way(credentials, ("artifacts", "credentials"))


def _place_of(backend: Backend, pattern: str, path: Path) -> Iterator[Problem]:
    for sign in "/.":
        if backend.type == "gcp" and sign in pattern:
            yield Problem(
                "MLS105", path, f"a secret of Google has no `{sign}` in its name",
                help="join the parts with dashes: `{project}-{environment}-{secret}`",
            )  # fmt: skip
            return
    is_parameter = backend.type == "aws" and backend.service == "ParameterStore"
    if is_parameter and "/" in pattern and not pattern.startswith("/"):
        yield Problem(
            "MLS105", path, "the name of a parameter of AWS that has a `/` begins with one",
            help=f"write `/{pattern}`",
        )  # fmt: skip


def _names(platform: Platform) -> Iterator[Problem]:
    """The platform's own Secrets."""
    artifacts, credentials = platform.artifacts, platform.artifacts.credentials
    for secret, path in (
        (credentials.secret if credentials else "", ("artifacts", "credentials", "secret")),
        (artifacts.model_secret, ("artifacts", "model_secret")),
        (platform.registry.pull_secret, ("registry", "pull_secret")),
    ):
        yield from check_remote_name(secret, platform, path)


def _secrets(platform: Platform) -> Iterator[Problem]:
    secrets = platform.secrets
    if secrets.type == "kubernetes":
        return
    for key in _PATTERNS:
        yield from _place_of(secrets.backend, getattr(secrets, key), ("secrets", key))
    yield from _names(platform)
    for name, place in platform.environments.items():
        if "{project}" not in place.namespace:
            yield Problem(
                "MLS203", ("environments", name, "namespace"),
                f"projects share the namespace `{place.namespace}`, and each would make the "
                "platform's Secrets there",
                help="put `{project}` into it, or leave `secrets` to `{type: kubernetes}`",
                related=(("secrets are brought in for each project", ("secrets",)),),
            )  # fmt: skip
