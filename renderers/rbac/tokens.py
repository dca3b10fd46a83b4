"""The token of Argo's executor, the sidecar that reports what a step did.

A pod of `automountServiceAccountToken: false` gives the executor its token from a Secret: the
controller looks the account's token Secret up and mounts it into the containers `init` and `wait`,
never into `main`. Kubernetes has made no such Secrets by itself since 1.24, so it is ours to ask
for; Kubernetes fills it in, and nothing secret stands in Git. Argo finds it by this name.

argoproj/argo-workflows (3.6 to 4.1): docs/service-account-secrets.md; util/secrets/secret_name.go,
`TokenName`; workflow/controller/workflowpod.go, where a pod without automount and without
`executor.serviceAccountName` is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.manifest import Manifest

from .objects import metadata

if TYPE_CHECKING:
    from mlspec.plan.model import Identity, Plan


def needs_token(identity: Identity) -> bool:
    return identity.kind == "executor"


def token_secret(plan: Plan, identity: Identity) -> Manifest:
    return Manifest(
        body={
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata(
                plan,
                identity,
                name=f"{identity.name}.service-account-token",
                annotations={"kubernetes.io/service-account.name": identity.name},
            ),
            "type": "kubernetes.io/service-account-token",
        }
    )
