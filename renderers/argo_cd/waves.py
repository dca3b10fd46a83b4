"""Sync waves: what must be there before the rest is applied.

Argo CD applies a wave, waits until it is healthy, and goes on; the last wave it does not wait for
(gitops-engine/pkg/sync/sync_context.go: "we are successful EVEN if those objects subsequently
degrade"). While it waits, a newer commit waits too: https://github.com/argoproj/argo-cd/issues/6055
and https://github.com/argoproj/argo-cd/issues/16489. So only what is healthy at once (it has no
health check) goes ahead, and all that can fail to come up is together in the last wave, 0. A wave
after the services would keep a fix, and the alerts, from reaching the service that does not start.
An ExternalSecret has a health check too, so it is no earlier than the pods, which wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.plan.model import Plan

WAVE_ANNOTATION = "argocd.argoproj.io/sync-wave"

DEFAULT_WAVE = 0

# Within a wave Argo CD goes by kind, with custom kinds last and by name: there, a CronWorkflow may
# come before the WorkflowTemplate that it starts, and is Degraded (SpecError) until that is there.
WAVES: Mapping[str, int] = {
    "ServiceAccount": -1,
    "Secret": -1,
    "ConfigMap": -1,
    "Role.rbac.authorization.k8s.io": -1,
    "RoleBinding.rbac.authorization.k8s.io": -1,
    "NetworkPolicy.networking.k8s.io": -1,
    "ResourceQuota": -1,
    "LimitRange": -1,
    "WorkflowTemplate.argoproj.io": -1,
    "AppProject.argoproj.io": -1,
}


def wave_of(kind: str) -> int:
    """`kind` as `Kind` or `Kind.group`."""
    return WAVES.get(kind, DEFAULT_WAVE)


def decorate(plan: Plan, manifest: Manifest) -> Manifest:
    """The manifest with its wave; the very same one where that is the default.

    The hook of the renderer contract: the driver calls it on each manifest of the other targets,
    which know nothing of Argo CD.
    """
    wave = wave_of(manifest.full_kind)
    if wave == DEFAULT_WAVE:
        return manifest
    metadata = manifest.body["metadata"]
    annotations = {**metadata.get("annotations", {}), WAVE_ANNOTATION: str(wave)}
    return Manifest(body={**manifest.body, "metadata": {**metadata, "annotations": annotations}})
