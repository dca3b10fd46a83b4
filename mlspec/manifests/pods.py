"""The parts of a pod that are the same in every target: security and resources.

The values satisfy the `restricted` Pod Security Standard:
https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlspec.plan.model import Resources

RUN_AS_USER = 65532
"""The uid that distroless images call `nonroot`; the images of mlspec and its examples use it."""

GPU_RESOURCE = "nvidia.com/gpu"


def pod_security_context() -> dict[str, Any]:
    return {
        "runAsNonRoot": True,
        "runAsUser": RUN_AS_USER,
        "runAsGroup": RUN_AS_USER,
        "fsGroup": RUN_AS_USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security_context() -> dict[str, Any]:
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }


def resource_requirements(resources: Resources) -> dict[str, Any]:
    """Requests and limits alike, so that the pod is of class Guaranteed."""
    amounts: dict[str, Any] = {"cpu": resources.cpu, "memory": resources.memory}
    if resources.gpu:
        amounts[GPU_RESOURCE] = str(resources.gpu)
    return {"requests": dict(amounts), "limits": dict(amounts)}
