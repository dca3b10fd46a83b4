"""PodDisruptionBudgets: drains take the pods of a predictor one by one.

Not by `pdbSpec`: the operator gives that budget a selector of the whole SeldonDeployment
(seldondeployment_controller.go, createPdb), so that a second predictor's would cover the same
pods, and Kubernetes evicts no pod that two budgets cover
(https://github.com/kubernetes/kubernetes/issues/75957). It also deletes any budget that has the
name of a Deployment of its own (createPdbs), so ours has another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest

from .labels import COMPONENT, pod_labels
from .names import deployment_name, predictor_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.plan.model import Plan, Predictor, Service


def disruption_budgets(plan: Plan, service: Service) -> Iterator[Manifest]:
    """One for each predictor that always has a second pod to answer. Nobody waits for a shadow."""
    for predictor in service.predictors:
        if predictor.replicas.min > 1 and not predictor.shadow:
            yield _budget(plan, service, predictor)


def _budget(plan: Plan, service: Service, predictor: Predictor) -> Manifest:
    """`AlwaysAllow`: a pod that does not answer anyway must not hold up a drain."""
    return Manifest(
        body={
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {
                "name": f"{deployment_name(service)}-{predictor_name(predictor)}",
                "namespace": plan.namespace,
                "labels": common_labels(plan, name=service.name, component=COMPONENT),
            },
            "spec": {
                "maxUnavailable": 1,
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
                "selector": {"matchLabels": pod_labels(plan, service, predictor)},
            },
        }
    )
