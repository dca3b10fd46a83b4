"""Fields that Kubernetes lets nobody change while the object lives.

The API server answers "field is immutable" ("cannot change roleRef"), so that the sync fails,
unless Argo CD is told to delete the object and to make it anew: the sync options Replace and Force,
of which Replace takes precedence over our ServerSideApply (argoproj/argo-cd,
docs/user-guide/sync-options.md).

Sources, in kubernetes/kubernetes: pkg/apis/rbac/validation (ValidateRoleBindingUpdate),
pkg/apis/core/validation (ValidateSecretUpdate, ValidateConfigMapUpdate,
ValidateResourceQuotaUpdate, ValidatePersistentVolumeClaimUpdate, ValidateServiceUpdate),
pkg/apis/apps/validation (ValidateStatefulSetUpdate), pkg/registry/apps/deployment/strategy.go and
pkg/registry/apps/daemonset/strategy.go (ValidateUpdate), pkg/apis/batch/validation
(ValidateJobSpecUpdate), pkg/apis/storage/validation (ValidateStorageClassUpdate),
pkg/apis/scheduling/validation (ValidatePriorityClassUpdate). Of the custom kinds of the built-in
targets none has such a field, nor have Role, NetworkPolicy, LimitRange and, since policy/v1,
PodDisruptionBudget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.fields import covers, shown, value_at
from mlspec.manifests.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.manifests.fields import Path
    from mlspec.manifests.manifest import Manifest

IMMUTABLE: Mapping[str, tuple[Path, ...]] = {
    "RoleBinding.rbac.authorization.k8s.io": (("roleRef",),),
    "ClusterRoleBinding.rbac.authorization.k8s.io": (("roleRef",),),
    "Secret": (("type",),),
    "ResourceQuota": (("spec", "scopes"),),
    "Deployment.apps": (("spec", "selector"),),
    "DaemonSet.apps": (("spec", "selector"),),
    "StatefulSet.apps": (
        ("spec", "selector"),
        ("spec", "serviceName"),
        ("spec", "podManagementPolicy"),
        ("spec", "volumeClaimTemplates"),
    ),
    "Job.batch": (
        ("spec", "selector"),
        ("spec", "template"),
        ("spec", "completionMode"),
        ("spec", "podFailurePolicy"),
        ("spec", "backoffLimitPerIndex"),
    ),
    "PersistentVolumeClaim": (
        ("spec", "accessModes"),
        ("spec", "selector"),
        ("spec", "storageClassName"),
        ("spec", "volumeMode"),
        ("spec", "dataSource"),
        ("spec", "dataSourceRef"),
    ),
    "Service": (("spec", "clusterIP"),),
    "StorageClass.storage.k8s.io": (
        ("provisioner",),
        ("parameters",),
        ("reclaimPolicy",),
        ("volumeBindingMode",),
    ),
    "PriorityClass.scheduling.k8s.io": (("value",), ("preemptionPolicy",)),
}
"""`Kind` or `Kind.group` → what of it cannot change."""

_SEALED: tuple[Path, ...] = (("data",), ("binaryData",), ("stringData",), ("immutable",))
"""Of a ConfigMap or Secret that says `immutable: true` itself."""


def kind_of(manifest: Manifest) -> str:
    """`Kind` or `Kind.group`, as renderers declare it."""
    return manifest.full_kind


_STORAGE: Path = ("spec", "resources", "requests", "storage")


def refusal(before: Manifest, path: Path, old: Any, new: Any) -> str:
    """Why the field at `path` of a living object cannot become what it is to be; empty if it can. A
    field that was empty may be filled in where the API server would have done so."""
    if _is_immutable(before, path, old):
        return f"immutable field `{shown(path)}`"
    if (
        kind_of(before) == "PersistentVolumeClaim"
        and path == _STORAGE
        and amount(new) < amount(old)
    ):
        return f"`{shown(path)}` cannot shrink"  # "field can not be less than status.capacity"
    return ""


def _is_immutable(before: Manifest, path: Path, value: Any) -> bool:
    kind = kind_of(before)
    fields = IMMUTABLE.get(kind, ())
    if kind in ("ConfigMap", "Secret") and value_at(before.body, "immutable") is True:
        fields += _SEALED
    if kind == "Service" and not value:
        return False
    return any(covers(field, path) for field in fields)
