"""What a workload may reach: DNS, its endpoints, and the Kubernetes API if it calls that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .peers import ANYBODY, destinations, peer_of
from .selectors import pods_in, tcp

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Endpoint, Workload

    from .peers import Peer

# The API server is no pod, and its address differs from cluster to cluster (a public one at GKE, a
# node's at kubeadm). It is called at port 443 of the Service `kubernetes`, but a policy sees the
# packet after that Service has become an endpoint, whose port is 443 or 6443:
# https://github.com/cert-manager/cert-manager/issues/5787
API_SERVER_PORTS = (443, 6443)

# Below it a container that is not root does not listen.
_FIRST_UNPRIVILEGED = 1024
_ALL_PORTS = 0


def egress_rules(workload: Workload) -> list[dict[str, Any]]:
    """One rule a peer, in the order in which the peers first come, and no port twice."""
    ports: dict[Peer, set[int]] = {}
    if workload.calls_kubernetes_api:
        ports[ANYBODY] = set(API_SERVER_PORTS)
    for endpoint in workload.reaches:
        ports.setdefault(peer_of(endpoint), set()).add(_port(endpoint))
    allowed = [_dns()]
    for peer, wanted in ports.items():
        if peer != ANYBODY:
            wanted = wanted - ports.get(ANYBODY, set())
        if wanted:
            allowed.append(_rule(peer, wanted))
    return allowed


def _port(endpoint: Endpoint) -> int:
    """A policy sees the pod's port, the plan knows the Service's. They are mostly the same, but not
    where the Service's is privileged: which one the pod has then, nobody here can know."""
    hidden = endpoint.namespace and endpoint.port < _FIRST_UNPRIVILEGED
    return _ALL_PORTS if hidden else endpoint.port


def _rule(peer: Peer, ports: set[int]) -> dict[str, Any]:
    to = destinations(peer)
    every = _ALL_PORTS in ports
    return {
        **({"to": to} if to else {}),
        "ports": [{"protocol": "TCP"}] if every else tcp(*sorted(ports)),
    }


def _dns() -> dict[str, Any]:
    """CoreDNS and kube-dns bear this label alike.
    https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/
    """
    return {
        "to": [pods_in("kube-system", {"matchLabels": {"k8s-app": "kube-dns"}})],
        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
    }
