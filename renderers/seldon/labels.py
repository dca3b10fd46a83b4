"""The labels by which the pods of one predictor are told from all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import selector_labels

from .names import predictor_name

if TYPE_CHECKING:
    from mlspec.plan.model import Plan, Predictor, Service

COMPONENT = "model-server"


def pod_labels(plan: Plan, service: Service, predictor: Predictor) -> dict[str, str]:
    """What network policies and monitors select a service's pods by, and the predictor."""
    return {
        **selector_labels(plan, name=service.name, component=COMPONENT),
        "mlspec.io/predictor": predictor_name(predictor),
    }
