"""The NetworkPolicies: policies add up, so each says what it allows and none takes it back.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels, selector_labels
from mlspec.manifests.manifest import Manifest
from mlspec.plan.names import join

from .egress import egress_rules
from .ingress import ingress_rules

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan, Workload

COMPONENT = "network"


def default_deny(plan: Plan) -> Manifest:
    """For all pods of the project, not of the namespace: it may be shared, and another project's
    pods are not ours to cut off. What it adds to the other policies: pods that no workload
    describes, yet or by mistake, get nothing."""
    return _policy(
        plan,
        name=join(plan.project, "default-deny"),
        owner=plan.project,
        spec={
            "podSelector": {"matchLabels": {"app.kubernetes.io/part-of": plan.project}},
            "policyTypes": ["Ingress", "Egress"],
        },
    )


def workload_policy(plan: Plan, workload: Workload) -> Manifest:
    """Both policy types always: a type that is left out of a policy with no rules of it would
    leave that direction to others."""
    pods = selector_labels(plan, name=workload.name, component=workload.component)
    ingress = ingress_rules(plan, workload)
    return _policy(
        plan,
        name=join(workload.name, workload.component),
        owner=workload.name,
        spec={
            "podSelector": {"matchLabels": pods},
            "policyTypes": ["Ingress", "Egress"],
            **({"ingress": ingress} if ingress else {}),
            "egress": egress_rules(workload),
        },
    )


def _policy(plan: Plan, *, name: str, owner: str, spec: dict[str, Any]) -> Manifest:
    return Manifest(
        body={
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {
                "name": name,
                "namespace": plan.namespace,
                "labels": common_labels(plan, name=owner, component=COMPONENT),
            },
            "spec": spec,
        }
    )
