"""External Secrets: brings in the Secrets that the project's pods use, from where they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = (
    "SecretStore.external-secrets.io",
    "ExternalSecret.external-secrets.io",
)


def applies(plan: Plan) -> bool:
    return plan.secret_store is not None and bool(plan.secrets)


def render(plan: Plan) -> Iterator[Manifest]:
    """The project's own store, unless the platform has one, then each Secret."""
    from .secret import external_secret
    from .store import secret_store

    store = plan.secret_store
    if store is None or not plan.secrets:
        return
    yield from secret_store(plan, store)
    for secret in plan.secrets:
        yield external_secret(plan, store, secret)
