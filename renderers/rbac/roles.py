"""The Role of an identity, and the RoleBinding that says who has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.manifest import Manifest

from .objects import RBAC_GROUP, metadata

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Identity, Plan, Subject


def role(plan: Plan, identity: Identity, rules: list[dict[str, Any]]) -> Manifest:
    return Manifest(
        body={
            "apiVersion": f"{RBAC_GROUP}/v1",
            "kind": "Role",
            "metadata": metadata(plan, identity),
            "rules": rules,
        }
    )


def role_binding(plan: Plan, identity: Identity) -> Manifest:
    """The identity's own ServiceAccount has the role, and so have the people of it."""
    own = _account(identity.name, plan.namespace)
    people = [_subject(plan, subject) for subject in identity.subjects]
    return Manifest(
        body={
            "apiVersion": f"{RBAC_GROUP}/v1",
            "kind": "RoleBinding",
            "metadata": metadata(plan, identity),
            "roleRef": {"apiGroup": RBAC_GROUP, "kind": "Role", "name": identity.name},
            "subjects": _unique([own, *people]),
        }
    )


def _subject(plan: Plan, subject: Subject) -> dict[str, str]:
    if subject.kind == "service-account":
        return _account(subject.name, subject.namespace or plan.namespace)
    kind = {"user": "User", "group": "Group"}[subject.kind]
    return {"apiGroup": RBAC_GROUP, "kind": kind, "name": subject.name}


def _account(name: str, namespace: str) -> dict[str, str]:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def _unique(subjects: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({tuple(subject.items()): subject for subject in subjects}.values())
