"""RBAC: who runs or acts as what, and the little of the cluster's API that each needs.

Objects of Kubernetes itself, derived from the plan's identities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = (
    "ServiceAccount",
    "Secret",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
)


def applies(plan: Plan) -> bool:
    return bool(plan.identities)


def render(plan: Plan) -> Iterator[Manifest]:
    """For each identity its ServiceAccount; where it uses the API, a Role and who has it."""
    from .accounts import service_account
    from .roles import role, role_binding
    from .rules import policy_rules
    from .tokens import needs_token, token_secret

    for identity in plan.identities:
        yield service_account(plan, identity)
        if needs_token(identity):
            yield token_secret(plan, identity)
        if rules := policy_rules(identity.uses):
            yield role(plan, identity, rules)
            yield role_binding(plan, identity)
