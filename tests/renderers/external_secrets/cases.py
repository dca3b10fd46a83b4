"""The plans that this target is tried on, by what is special about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.renderers.external_secrets import render

from mlspec.plan.model import AwsStore, GcpStore, NamedStore, Secret, SecretStore, VaultStore
from tests.plans import wine_plan

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan

VAULT = VaultStore(
    server="https://vault.example.com:8200",
    path="ml",
    version="v2",
    mount="kubernetes",
    role="wine-quality-prod",
)
NAMED = NamedStore(name="platform", kind="ClusterSecretStore")


def kept_in(backend: Any, **changes: Any) -> Plan:
    store = SecretStore(backend=backend, identity="wine-quality-secrets", refresh_seconds=3600)
    return wine_plan(secret_store=store, **changes)


CASES: dict[str, Plan] = {
    "vault": kept_in(VAULT),
    "aws": kept_in(AwsStore(region="eu-west-1", service="ParameterStore")),
    "gcp": kept_in(GcpStore(project="acme-secrets", cluster="ml", location="europe-west1")),
    "gcp-by-metadata": kept_in(GcpStore(project="acme-secrets")),
    "named": kept_in(NAMED),
    "whole": kept_in(NAMED, secrets=(Secret(name="models", settings={}, remote="a/models"),)),
}


def bodies(plan: Plan) -> list[dict[str, Any]]:
    return [manifest.body for manifest in render(plan)]


def secret(plan: Plan, name: str) -> dict[str, Any]:
    """The spec of the ExternalSecret of that name."""
    [found] = [b["spec"] for b in bodies(plan) if b["metadata"]["name"] == name]
    return dict(found)
