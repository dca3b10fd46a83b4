"""Whom an endpoint means, as a NetworkPolicy can say it: pods by namespace, all else by address."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from .selectors import pods_in

if TYPE_CHECKING:
    from typing import Any

    from mlspec.plan.model import Endpoint


class Block(NamedTuple):
    cidr: str
    excepted: tuple[str, ...] = ()


class Peer(NamedTuple):
    """A namespace's pods, or addresses; neither: anybody. Rules are looked up by it: to hash and
    compare records took half of the time of a policy."""

    namespace: str = ""
    blocks: tuple[Block, ...] = ()


ANYBODY = Peer()

# A name says nothing about the address behind it, and policies know no names. So a host outside of
# the cluster is the Internet: all but the private networks (RFC 1918, RFC 6598, RFC 4193), where
# neighbours are, and the link-local ones (RFC 3927, RFC 4291), where clouds hand out credentials.
INTERNET = Peer(
    blocks=(
        Block(
            cidr="0.0.0.0/0",
            excepted=(
                "10.0.0.0/8",
                "100.64.0.0/10",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.168.0.0/16",
            ),
        ),
        Block(cidr="::/0", excepted=("fc00::/7", "fe80::/10")),
    )
)


def peer_of(endpoint: Endpoint) -> Peer:
    """An address written as such is that address alone, private or not."""
    if endpoint.namespace:
        return Peer(namespace=endpoint.namespace)
    host = endpoint.host.strip("[]")
    if ":" not in host and not host[-1:].isdigit():
        return INTERNET  # surely a name: to try it as an address costs more than all of its rule
    try:
        address = ip_address(host)
    except ValueError:
        return INTERNET
    return Peer(blocks=(Block(cidr=f"{address}/{address.max_prefixlen}"),))


def destinations(peer: Peer) -> list[dict[str, Any]]:
    """The items of a rule's `to`; none stand for anybody."""
    if peer.namespace:
        return [pods_in(peer.namespace)]
    return [
        {
            "ipBlock": {
                "cidr": block.cidr,
                **({"except": list(block.excepted)} if block.excepted else {}),
            }
        }
        for block in peer.blocks
    ]
