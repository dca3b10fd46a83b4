"""The ServiceAccount of an identity, and the cloud identities that it stands for.

No account mounts its token: steps and model servers call no API, and Argo's executor is given its
token in its own container only (tokens.py). The webhooks of the clouds mount tokens of their own,
for another audience, whatever `automountServiceAccountToken` says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlspec.manifests.manifest import Manifest

from .objects import metadata

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Identity, Plan

# What a cloud identity looks like, and where its webhook or metadata server finds it:
# https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
# https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
# https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
_CLOUDS = (
    (r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", "eks.amazonaws.com/role-arn"),
    (r"[^@\s]+@[a-z0-9.-]+\.gserviceaccount\.com", "iam.gke.io/gcp-service-account"),
    (r"(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})", "azure.workload.identity/client-id"),
)


_WITH_PODS = frozenset({"pipeline", "artifact-gc", "service"})


def service_account(plan: Plan, identity: Identity) -> Manifest:
    return Manifest(
        body={
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(
                plan, identity, annotations=cloud_annotations(identity.workload_identities)
            ),
            "automountServiceAccountToken": False,
            **_pull_secrets(plan, identity),
        }
    )


def _pull_secrets(plan: Plan, identity: Identity) -> dict[str, Any]:
    """Pods that name none of their own get those of their account:
    https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"""
    name = plan.platform.pull_secret
    return {"imagePullSecrets": [{"name": name}]} if name and identity.kind in _WITH_PODS else {}


def cloud_annotations(workload_identities: tuple[str, ...]) -> dict[str, str]:
    """ValueError: an identity of no cloud that we know, or two of one cloud. A ServiceAccount can
    stand for one identity a cloud."""
    found: dict[str, str] = {}
    for identity in dict.fromkeys(workload_identities):
        key = next((key for form, key in _CLOUDS if re.fullmatch(form, identity)), "")
        if not key:
            raise ValueError(f"{identity!r} is no AWS role, Google service account or Azure client")
        if key in found:
            raise ValueError(f"one ServiceAccount cannot be both {found[key]!r} and {identity!r}")
        found[key] = identity
    return dict(sorted(found.items()))
