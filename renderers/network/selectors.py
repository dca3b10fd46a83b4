"""The small parts that rules are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def pods_in(namespace: str, pods: dict[str, Any] | None = None) -> dict[str, Any]:
    """One peer: pods (all, without a selector, which becomes part of it) of the namespace.
    Kubernetes itself puts this label on every namespace, so that nobody has to."""
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        **({"podSelector": pods} if pods else {}),
    }


def tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]
