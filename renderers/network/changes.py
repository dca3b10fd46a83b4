"""What a change of network rules means: who may reach whom that could not before, and the other way
round. A policy only ever allows, so what one allows more is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.change import Change, quoted
from mlspec.manifests.fields import list_at, mapping_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from mlspec.manifests.manifest import Manifest

    Way: TypeAlias = tuple[str, str, str]
    """Direction (`in`, `out`), whom, and the port."""

_NAMESPACE = "kubernetes.io/metadata.name"
_ANY_PORT = "any port"
_INTERNET = ("0.0.0.0/0", "::/0")


def explain(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    some = after or before
    assert some is not None
    pods = _pods(some)
    if _denies_all(some):
        yield from _deny(before, after)
        return
    had, has = _ways(before), _ways(after)
    paths = (("spec", "ingress"), ("spec", "egress"))
    if after is None:
        yield Change(risk="changes", text=f"{pods} may no longer {_said(had)}")
        return
    if has - had:
        now = "may" if before is None else "may now"
        yield Change(risk="widens", text=f"{pods} {now} {_said(has - had)}", paths=paths)
    if had - has:
        yield Change(risk="changes", text=f"{pods} may no longer {_said(had - has)}", paths=paths)
    if before is None:
        if not has:
            yield Change(risk="harmless", text=f"{pods} may reach nobody, and nobody them")
        return
    if had == has:
        yield Change(risk="harmless", text="", paths=paths)  # the same in other rules
    for path in (("spec", "podSelector"), ("spec", "policyTypes")):
        if mapping_at(before.body, "spec").get(path[1]) != mapping_at(after.body, "spec").get(
            path[1]
        ):
            text = (
                "the rules are for other pods"
                if path[1] == "podSelector"
                else ("other directions are closed")
            )
            yield Change(risk="widens", text=text, paths=(path,))


def _denies_all(manifest: Manifest) -> bool:
    spec = mapping_at(manifest.body, "spec")
    return not spec.get("ingress") and not spec.get("egress")


def _deny(before: Manifest | None, after: Manifest | None) -> Iterator[Change]:
    if after is None:
        text = "what no other policy is about may now reach and be reached by all"
        yield Change(risk="widens", text=text)
    elif before is None:
        text = "what no other policy is about may reach nobody, and nobody it"
        yield Change(risk="changes", text=text)


def _pods(manifest: Manifest) -> str:
    """`the pods of wine-api`: by the labels that mlspec gives them."""
    labels = mapping_at(manifest.body, "spec", "podSelector", "matchLabels")
    name = labels.get("app.kubernetes.io/name") or labels.get("app.kubernetes.io/part-of")
    return f"the pods of {quoted(name)}" if name else "the selected pods"


def _ways(manifest: Manifest | None) -> set[Way]:
    body = manifest.body if manifest else {}
    found: set[Way] = set()
    for direction, rules, peers in (("in", "ingress", "from"), ("out", "egress", "to")):
        for rule in list_at(body, "spec", rules):
            for peer in _peers(list_at(rule, peers)):
                for port in list_at(rule, "ports") or [{}]:
                    found.add((direction, peer, _port(port)))
    return found


def _peers(peers: list[Any]) -> list[str]:
    """In words; the Internet is written as two blocks."""
    if not peers:
        return ["anybody"]
    return list(dict.fromkeys(_peer(each) for each in peers))


def _peer(peer: dict[str, Any]) -> str:
    block = mapping_at(peer, "ipBlock")
    if block:
        cidr = str(block.get("cidr", ""))
        if cidr in _INTERNET:
            return "the Internet" if block.get("except") else "any address"
        return f"the address {quoted(cidr.removesuffix('/32').removesuffix('/128'))}"
    namespaces = mapping_at(peer, "namespaceSelector", "matchLabels")
    pods = mapping_at(peer, "podSelector")
    where = namespaces.get(_NAMESPACE)
    if where == "kube-system" and mapping_at(pods, "matchLabels").get("k8s-app") == "kube-dns":
        return "the cluster's DNS"
    place = f"in the namespace {quoted(where)}" if where else "in selected namespaces"
    if "namespaceSelector" not in peer:
        place = "in this namespace"
    return f"{_which(pods)} {place}"


def _which(pods: dict[str, Any]) -> str:
    """Whether all pods, or some by their labels."""
    if not pods:
        return "all pods"
    labels = [f"{key}={value}" for key, value in mapping_at(pods, "matchLabels").items()]
    for each in list_at(pods, "matchExpressions"):
        values = "|".join(map(str, list_at(each, "values")))
        labels.append(f"{each.get('key')}={values}" if values else f"{each.get('key')}")
    return f"pods {quoted(', '.join(labels))}"


def _port(port: dict[str, Any]) -> str:
    if "port" not in port:
        protocol = port.get("protocol")
        return f"any {protocol} port" if protocol else _ANY_PORT
    return f"{port.get('protocol', 'TCP')} {port['port']}"


def _said(ways: set[Way]) -> str:
    """`be reached by A on TCP 8000; reach B on TCP 443 and 9000`."""
    ports: dict[tuple[str, str], list[str]] = {}
    for direction, peer, port in sorted(ways, key=_by_port):
        ports.setdefault((direction, peer), []).append(port)
    verbs = {"in": "be reached by", "out": "reach"}
    told: dict[str, list[str]] = {}
    for (direction, peer), found in ports.items():
        told.setdefault(direction, []).append(f"{peer} on {_ports(found)}")
    return "; ".join(f"{verbs[way]} {', '.join(peers)}" for way, peers in told.items())


def _by_port(way: Way) -> tuple[str, str, int, str]:
    direction, peer, port = way
    number = port.rpartition(" ")[2]
    return direction, peer, int(number) if number.isdigit() else 0, port


def _ports(ports: list[str]) -> str:
    """`TCP 443 and 6443`: the protocol once."""
    shown: list[str] = []
    last = ""
    for port in ports:
        protocol, _, number = port.partition(" ")
        shown.append(number if protocol == last and number.isdigit() else port)
        last = protocol
    return " and ".join((*([", ".join(shown[:-1])] if shown[1:] else []), *shown[-1:]))
