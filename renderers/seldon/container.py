"""The container of the model server.

It bears the name of the graph's node, by which the operator finds it and fills in what is missing:
image, ports `http` and `grpc`, the mount of the model, and the server's own settings
(operator/controllers/mlserver.go, mergeMLServerContainer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.manifests.pods import container_security_context, resource_requirements

from .names import node_name
from .servers import SERVERS

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Service

    from .servers import Server

SCRATCH = "tmp"


def model_container(service: Service) -> dict[str, Any]:
    server, node = SERVERS[service.protocol], node_name(service)
    container: dict[str, Any] = {"name": node}
    if server.env:
        container["env"] = [{"name": name, "value": value} for name, value in server.env.items()]
    return {
        **container,
        "resources": resource_requirements(service.resources),
        **_probes(server, node),
        "securityContext": _security_context(server),
        "volumeMounts": [{"name": SCRATCH, "mountPath": "/tmp"}],
    }


def _probes(server: Server, node: str) -> dict[str, Any]:
    """Without them the operator asks only whether the port is open, so that a pod would be sent
    requests before its model is loaded (seldondeployment_controller.go, createContainerService:
    it sets TCP probes before mergeMLServerContainer can set better ones).
    """
    ready, live = server.ready.format(node=node), server.live.format(node=node)
    return {
        "startupProbe": {
            **_get(ready),
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": server.start_seconds // 10,
        },
        "readinessProbe": {**_get(ready), "periodSeconds": 5, "timeoutSeconds": 5},
        "livenessProbe": {**_get(live), "periodSeconds": 10, "timeoutSeconds": 5},
    }


def _get(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}}


def _security_context(server: Server) -> dict[str, Any]:
    """All that the restricted standard asks for, on the container: the operator replaces the
    pod's own securityContext by its `defaultUserID` (seldondeployment_controller.go,
    createDeploymentWithoutEngine; https://github.com/SeldonIO/seldon-core/issues/4711).

    No user and no group: the images are made for any user of group 0, which is what that
    default gives them, and no other group may enter /opt/mlserver.
    """
    return {
        **container_security_context(),
        "readOnlyRootFilesystem": server.read_only,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
