"""The small parts that rules are made of."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def pods_in(namespace: str, pods: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One peer: pods (all, without a selector) of the namespace. Kubernetes itself puts this label
    on every namespace, so that nobody has to."""
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        **({"podSelector": deepcopy(dict(pods))} if pods else {}),
    }


def tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]
