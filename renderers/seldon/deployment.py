"""The SeldonDeployment: a service, with a predictor for each model version behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest
from mlspec.manifests.pods import resource_requirements

from .container import SCRATCH, model_container
from .labels import COMPONENT, pod_labels
from .names import deployment_name, node_name, predictor_name
from .scaling import autoscaler, spread
from .servers import SERVERS

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Plan, Predictor, Service

    from .servers import Server

# The operator makes a container wait 10 s before it stops, while the gateway learns that it is
# gone; the rest is for requests under way.
_TERMINATION_SECONDS = 30

# For the image and the model to arrive before the server starts: until then, and until it must have
# started, a Deployment that does not progress has not failed.
_ARRIVAL_SECONDS = 300

_SCRATCH_LIMIT = "1Gi"


def seldon_deployment(plan: Plan, service: Service, *, calls_kubernetes: bool) -> Manifest:
    """`calls_kubernetes`: whether the service's identity has any use for a token."""
    predictors = [
        _predictor(plan, service, each, calls_kubernetes=calls_kubernetes)
        for each in service.predictors
    ]
    return Manifest(
        body={
            "apiVersion": "machinelearning.seldon.io/v1",
            "kind": "SeldonDeployment",
            "metadata": {
                "name": deployment_name(service),
                "namespace": plan.namespace,
                "labels": common_labels(plan, name=service.name, component=COMPONENT),
            },
            "spec": {"protocol": service.protocol, "predictors": predictors},
        }
    )


def _predictor(
    plan: Plan, service: Service, predictor: Predictor, *, calls_kubernetes: bool
) -> dict[str, Any]:
    """`traffic` of a shadow is the share of the requests that the gateway copies to it; the shares
    of the others sum to 100 (istio.go, createIstioResources; webhook, checkTraffic).
    """
    replicas = predictor.replicas
    body: dict[str, Any] = {"name": predictor_name(predictor)}
    if _labels_metrics(predictor.model_version):
        body["annotations"] = {"version": predictor.model_version}
    body["traffic"] = predictor.traffic
    if predictor.shadow:
        body["shadow"] = True
    if replicas.min == replicas.max:
        body["replicas"] = replicas.min
    server = SERVERS[service.protocol]
    return {
        **body,
        "progressDeadlineSeconds": server.start_seconds + _ARRIVAL_SECONDS,
        "graph": _graph(service, predictor, server),
        "componentSpecs": [_component(plan, service, predictor, calls_kubernetes=calls_kubernetes)],
        # Written down, so that an autoscaler and a quota find a request on every container.
        "svcOrchSpec": {"resources": resource_requirements(service.proxy)},
    }


def _labels_metrics(version: str) -> bool:
    """Whether the version can be the annotation that the executor reports as `predictor_version`.

    It becomes the key of another one too, by a slip of the operator (seldondeployment_engine.go,
    addEngineToDeployment: `for _, ann := range p.Annotations`), so it must look like one. The
    versions of MLflow are numbers.
    """
    return version.isascii() and version.isalnum()


def _graph(service: Service, predictor: Predictor, server: Server) -> dict[str, Any]:
    graph: dict[str, Any] = {
        "name": node_name(service),
        "type": "MODEL",
        "implementation": server.implementation,
        "modelUri": predictor.model_uri,
    }
    if service.model_secret:
        graph["envSecretRefName"] = service.model_secret
    return graph


def _component(
    plan: Plan, service: Service, predictor: Predictor, *, calls_kubernetes: bool
) -> dict[str, Any]:
    """The labels stand here and not on the predictor, whose labels the operator also writes into
    the model's container (PREDICTOR_LABELS) and, as `version`, routes by.
    """
    labels, replicas = pod_labels(plan, service, predictor), predictor.replicas
    component: dict[str, Any] = {"metadata": {"labels": labels}}
    if replicas.min < replicas.max:
        component["hpaSpec"] = autoscaler(replicas)
    pod: dict[str, Any] = {
        "serviceAccountName": service.identity,
        "automountServiceAccountToken": calls_kubernetes,
        "terminationGracePeriodSeconds": _TERMINATION_SECONDS,
    }
    if replicas.max > 1:
        pod["topologySpreadConstraints"] = spread(labels)
    pod["containers"] = [model_container(service)]
    pod["volumes"] = [{"name": SCRATCH, "emptyDir": {"sizeLimit": _SCRATCH_LIMIT}}]
    return {**component, "spec": pod}
