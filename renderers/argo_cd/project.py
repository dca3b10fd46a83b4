"""The AppProject: from where, to where and what kinds the application may sync, and no more.

argoproj/argo-cd, docs/user-guide/projects.md and pkg/apis/application/v1alpha1,
`IsGroupKindPermitted`: of cluster-wide kinds an empty list allows none; of namespaced kinds a
missing list allows all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .objects import argo_cd_object
from .waves import WAVE_ANNOTATION, wave_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan


def emitted_kinds(manifests: Iterable[Manifest]) -> list[tuple[str, str]]:
    """Group and kind of each, sorted, once; the core group is ""."""
    return sorted({(manifest.group, manifest.kind) for manifest in manifests})


_LONGEST_DESCRIPTION = 255
"""`spec.description` of the AppProject CRD: maxLength."""


def _description(plan: Plan) -> str:
    text = plan.description or f"{plan.project} in {plan.environment}"
    return text if len(text) <= _LONGEST_DESCRIPTION else text[: _LONGEST_DESCRIPTION - 1] + "…"


def app_project(plan: Plan, kinds: list[tuple[str, str]]) -> Manifest:
    """In the wave before its application: made before it, and pruned after it is gone."""
    delivery = plan.delivery
    return argo_cd_object(
        plan,
        kind="AppProject",
        annotations={WAVE_ANNOTATION: str(wave_of("AppProject.argoproj.io"))},
        spec={
            "description": _description(plan),
            "sourceRepos": [delivery.repository],
            "destinations": [{"server": delivery.server, "namespace": plan.namespace}],
            "clusterResourceWhitelist": [],
            "namespaceResourceWhitelist": [{"group": g, "kind": kind} for g, kind in kinds],
        },
    )
