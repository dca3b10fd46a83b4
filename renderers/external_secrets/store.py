"""The SecretStore of a project: it reads as an account of the project's namespace, so that the
backend decides by project what is read. https://external-secrets.io/latest/api/secretstore/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.model import AwsStore, NamedStore, VaultStore

from .objects import external_secrets_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import GcpStore, Plan, SecretStore


def store_reference(store: SecretStore) -> dict[str, str]:
    if isinstance(store.backend, NamedStore):
        return {"kind": store.backend.kind, "name": store.backend.name}
    return {"kind": "SecretStore", "name": store.identity}


def secret_store(plan: Plan, store: SecretStore) -> Iterator[Manifest]:
    """None for one that is there already."""
    if not isinstance(store.backend, NamedStore):
        provider = _provider(store.backend, {"name": store.identity})
        yield external_secrets_object(
            plan, kind="SecretStore", name=store.identity, spec={"provider": provider}
        )


def _provider(backend: VaultStore | AwsStore | GcpStore, account: dict[str, str]) -> dict[str, Any]:
    if isinstance(backend, VaultStore):
        login = {"mountPath": backend.mount, "role": backend.role, "serviceAccountRef": account}
        return {
            "vault": {
                "server": backend.server,
                "path": backend.path,
                "version": backend.version,
                "auth": {"kubernetes": login},
            }
        }
    if isinstance(backend, AwsStore):
        auth = {"jwt": {"serviceAccountRef": account}}
        return {"aws": {"service": backend.service, "region": backend.region, "auth": auth}}
    cluster = {
        **({"clusterName": backend.cluster} if backend.cluster else {}),
        **({"clusterLocation": backend.location} if backend.location else {}),
    }
    identity = {**cluster, "serviceAccountRef": account}
    return {"gcpsm": {"projectID": backend.project, "auth": {"workloadIdentity": identity}}}
