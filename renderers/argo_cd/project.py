"""The AppProject: from where, to where and what kinds the application may sync, and no more.

argoproj/argo-cd, docs/user-guide/projects.md and pkg/apis/application/v1alpha1,
`IsGroupKindPermitted`: of cluster-wide kinds an empty list allows none; of namespaced kinds a
missing list allows all.

Allowed is what the targets may emit, not what they emitted this time. Argo CD neither sees nor
prunes what it may not touch (controller/state.go, `CompareAppState`), and the AppProject is synced
first: with the last service of a project its kind would leave the list, and it would serve on,
while Argo CD says that all is synced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .objects import argo_cd_object
from .waves import WAVE_ANNOTATION, wave_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan


def _allowed(kinds: Iterable[str]) -> list[dict[str, str]]:
    """`Kind` or `Kind.group` → sorted by group; the core group is ""."""
    pairs = {(group, kind) for kind, _, group in (each.partition(".") for each in kinds)}
    return [{"group": group, "kind": kind} for group, kind in sorted(pairs)]


_LONGEST_DESCRIPTION = 255
"""`spec.description` of the AppProject CRD: maxLength."""


def _description(plan: Plan) -> str:
    text = plan.description or f"{plan.project} in {plan.environment}"
    return text if len(text) <= _LONGEST_DESCRIPTION else text[: _LONGEST_DESCRIPTION - 1] + "…"


def app_project(plan: Plan, kinds: Iterable[str]) -> Manifest:
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
            "namespaceResourceWhitelist": _allowed(kinds),
        },
    )
