"""The frame that both kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan

COMPONENT = "secrets"


def labels(plan: Plan) -> dict[str, str]:
    return common_labels(plan, name=plan.project, component=COMPONENT)


def external_secrets_object(plan: Plan, *, kind: str, name: str, spec: dict[str, Any]) -> Manifest:
    return Manifest(
        body={
            "apiVersion": "external-secrets.io/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": plan.namespace, "labels": labels(plan)},
            "spec": spec,
        }
    )
