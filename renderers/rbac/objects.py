"""The metadata that every object of this target shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mlspec.plan.model import Identity, Plan

COMPONENT = "access"
RBAC_GROUP = "rbac.authorization.k8s.io"


def metadata(
    plan: Plan, identity: Identity, *, name: str = "", annotations: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`name` is for objects that cannot bear the identity's own."""
    return {
        "name": name or identity.name,
        "namespace": plan.namespace,
        "labels": common_labels(plan, name=identity.owner, component=COMPONENT),
        **({"annotations": dict(annotations)} if annotations else {}),
    }
