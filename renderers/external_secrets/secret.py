"""The ExternalSecret: one Secret, with the keys that pods read of it and no others.

https://external-secrets.io/latest/api/externalsecret/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .objects import external_secrets_object
from .store import store_reference

if TYPE_CHECKING:
    from typing import Any

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan, Secret, SecretStore


def external_secret(plan: Plan, store: SecretStore, secret: Secret) -> Manifest:
    """The Secret goes with its ExternalSecret (Owner), but stays if only the remote one is gone:
    pods that start would not."""
    template = _template(secret)
    return external_secrets_object(
        plan,
        kind="ExternalSecret",
        name=secret.name,
        spec={
            "refreshPolicy": "Periodic",
            "refreshInterval": f"{store.refresh_seconds}s",
            "secretStoreRef": store_reference(store),
            "target": {
                "name": secret.name,
                "creationPolicy": "Owner",
                "deletionPolicy": "Retain",
                **({"template": template} if template else {}),
            },
            **_content(secret),
        },
    )


def _content(secret: Secret) -> dict[str, Any]:
    if not secret.keys:
        return {"dataFrom": [{"extract": {"key": secret.remote}}]}
    return {
        "data": [
            {
                "secretKey": key,
                "remoteRef": {"key": secret.remote, "property": remote_property(key)},
            }
            for key in secret.keys
        ]
    }


def remote_property(key: str) -> str:
    """The key itself, but for the dot that `.dockerconfigjson` begins with: to the operator a
    property is a path (gjson), and such a one is none."""
    return key.lstrip(".") or key


def _template(secret: Secret) -> dict[str, Any]:
    """What is no secret is written here. `Merge` keeps what came from the store beside it; without
    it only the template's own keys would be left."""
    typed = {} if secret.type == "Opaque" else {"type": secret.type}
    if not secret.settings:
        # With a type alone and no data, all that came is kept.
        return {**typed, "engineVersion": "v2", "mergePolicy": "Merge"} if typed else {}
    settings = {key: _literal(value) for key, value in secret.settings.items()}
    return {**typed, "engineVersion": "v2", "mergePolicy": "Merge", "data": settings}


def _literal(value: str) -> str:
    """ValueError: text that the operator would take for a template (Go's, `{{ … }}`). The checks
    refuse it in platform.yaml."""
    if "{{" in value:
        raise ValueError(f"{value!r} would be read as a template")
    return value
