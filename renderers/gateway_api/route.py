"""The HTTPRoute of a service: https://gateway-api.sigs.k8s.io/reference/spec/#httproute"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.labels import common_labels
from mlspec.manifests.manifest import Manifest

from .seldon import HTTP_PORT, PATHS, predictor_service

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Exposure, Gateway, Plan, Predictor, Service

COMPONENT = "gateway"


def http_route(plan: Plan, gateway: Gateway, service: Service, exposure: Exposure) -> Manifest:
    parent = {"name": gateway.name, "namespace": gateway.namespace}
    if gateway.listener:
        parent["sectionName"] = gateway.listener
    return Manifest(
        body={
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {
                "name": service.name,
                "namespace": plan.namespace,
                "labels": common_labels(plan, name=service.name, component=COMPONENT),
            },
            "spec": {
                "parentRefs": [parent],
                "hostnames": [exposure.host],
                "rules": [_rule(service, exposure)],
            },
        }
    )


def _rule(service: Service, exposure: Exposure) -> dict[str, Any]:
    path = PATHS[service.protocol]
    prefix = exposure.path.rstrip("/")
    filters = [_mirror(service, each) for each in service.predictors if each.shadow]
    if prefix:
        replaced = {"type": "ReplacePrefixMatch", "replacePrefixMatch": path}
        filters.insert(0, {"type": "URLRewrite", "urlRewrite": {"path": replaced}})
    return {
        "matches": [{"path": {"type": "PathPrefix", "value": prefix + path}}],
        **({"filters": filters} if filters else {}),
        "backendRefs": [
            {**_backend(service, each), "weight": each.traffic}
            for each in service.predictors
            if not each.shadow
        ],
        "timeouts": {"request": duration(exposure.timeout_ms)},
    }


def _mirror(service: Service, predictor: Predictor) -> dict[str, Any]:
    """Without a percentage all requests are copied. `percent` is of Gateway API 1.3."""
    share = {"percent": predictor.traffic} if predictor.traffic < 100 else {}
    return {
        "type": "RequestMirror",
        "requestMirror": {"backendRef": _backend(service, predictor), **share},
    }


def _backend(service: Service, predictor: Predictor) -> dict[str, Any]:
    """The Service is the operator's, in this very namespace, so that no ReferenceGrant is asked."""
    return {"name": predictor_service(service, predictor), "port": HTTP_PORT}


def duration(milliseconds: int) -> str:
    """In whole units of at most five digits: https://gateway-api.sigs.k8s.io/geps/gep-2257/"""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds}s" * bool(seconds) + f"{rest}ms" * bool(rest)
