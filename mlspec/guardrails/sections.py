"""A manifest → the section of project.yaml that it derives from, by the labels that all have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.names import shorten

if TYPE_CHECKING:
    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan
    from mlspec.source.tree import Path

_NAME = "app.kubernetes.io/name"


def section_of(manifest: Manifest, plan: Plan) -> Path:
    """Of a service, the pipeline, or a role; else the project's name."""
    metadata = manifest.body.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    name = labels.get(_NAME) if isinstance(labels, dict) else None
    for service in plan.services:
        if name == shorten(service.name):
            return ("serving", service.name)
    if plan.pipeline is not None and name == shorten(plan.pipeline.name):
        return ("pipeline",)
    for identity in plan.identities:
        if identity.kind == "role" and name == shorten(identity.owner):
            return ("access", "roles", identity.owner)
    return ("metadata", "name")


def is_of_kind(manifest: Manifest, kinds: tuple[str, ...]) -> bool:
    """Whether it is one of the kinds, or there are none to be one of."""
    full = f"{manifest.kind}.{manifest.group}" if manifest.group else manifest.kind
    return not kinds or manifest.kind in kinds or full in kinds
