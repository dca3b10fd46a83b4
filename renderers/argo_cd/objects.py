"""The frame that both objects share. They live where Argo CD does, not where the project does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest
from mlspec.plan.names import join

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mlspec.plan.model import Plan

COMPONENT = "delivery"


def object_name(plan: Plan) -> str:
    """One project and one application an environment, under the same name."""
    return join(plan.project, plan.environment)


def argo_cd_object(
    plan: Plan,
    *,
    kind: str,
    spec: dict[str, Any],
    annotations: Mapping[str, str],
    finalizers: tuple[str, ...] = (),
) -> Manifest:
    return Manifest(
        body={
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": kind,
            "metadata": {
                "name": object_name(plan),
                "namespace": plan.delivery.argo_cd_namespace,
                "labels": common_labels(plan, name=plan.project, component=COMPONENT),
                "annotations": dict(annotations),
                **({"finalizers": list(finalizers)} if finalizers else {}),
            },
            "spec": spec,
        }
    )
