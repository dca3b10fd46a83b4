"""The Application: this environment's folder in Git, kept the same in its namespace.

argoproj/argo-cd, docs/user-guide/: directory.md, sync-options.md, diff-strategies.md,
auto_sync.md, app_deletion.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .objects import argo_cd_object, object_name

if TYPE_CHECKING:
    from typing import Any

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

# Argo CD reads every .yaml, .yml and .json below the path, and stops at one that is no manifest.
# Its own objects live in another namespace and are applied by whoever applies applications.
# `*` crosses slashes: `findManifests` in reposerver/repository/repository.go matches the path
# relative to the application's without separators.
_EXCLUDE = "{argo_cd/*,provenance.json}"

# ServerSideApply: fields that others own (the token in its Secret, a suspension by hand) are left
# alone. FailOnSharedResource: two applications never fight over one object. PruneLast: what is
# gone from Git serves on until what replaces it is there. No CreateNamespace: the namespace is the
# platform's, with its Pod Security labels, and cluster-wide.
_SYNC_OPTIONS = ("FailOnSharedResource=true", "PruneLast=true", "ServerSideApply=true")

# The diff that goes with ServerSideApply: the API server's own dry run, which knows defaults.
_ANNOTATIONS = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}

_CASCADE = "resources-finalizer.argocd.argoproj.io"

# Argo CD's own way back is short on purpose: rollback is `git revert`.
_REVISIONS = 3


def application(plan: Plan) -> Manifest:
    """Where the environment is protected, deleting the Application deletes only that: services
    serve on. Elsewhere the finalizer takes all that it synced away with it."""
    delivery = plan.delivery
    return argo_cd_object(
        plan,
        kind="Application",
        annotations=_ANNOTATIONS,
        finalizers=() if plan.protected else (_CASCADE,),
        spec={
            "project": object_name(plan),
            "source": {
                "repoURL": delivery.repository,
                "targetRevision": delivery.revision,
                "path": delivery.path,
                "directory": {"recurse": True, "exclude": _EXCLUDE},
            },
            "destination": {"server": delivery.server, "namespace": plan.namespace},
            "syncPolicy": _sync_policy(automated=delivery.automated),
            "revisionHistoryLimit": _REVISIONS,
        },
    )


def _sync_policy(*, automated: bool) -> dict[str, Any]:
    """`allowEmpty` stays false: an empty folder is taken for a mistake, not for a wish."""
    return {
        **({"automated": {"prune": True, "selfHeal": True}} if automated else {}),
        "syncOptions": list(_SYNC_OPTIONS),
        "retry": {
            "limit": 5,
            "backoff": {"duration": "30s", "factor": 2, "maxDuration": "5m"},
        },
    }
