"""What the policies let through, asked as a network would ask: this packet, yes or no."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.manifests.labels import selector_labels
from tests.plans import wine_plan

from .cases import CASES, bodies, egress_of, reaching, to

if TYPE_CHECKING:
    from mlspec.plan.model import Plan

PRIVATE = ("10.1.2.3", "172.20.0.1", "192.168.1.1", "100.64.3.4", "fd00:ec2::254", "fe80::1")
METADATA_SERVER = "169.254.169.254"

ports = st.integers(min_value=1, max_value=65535)
hosts = st.sampled_from(
    ["db.example.com", "10.1.2.3", "8.8.8.8", "[fd00::5]", METADATA_SERVER, "127.0.0.1.example.org"]
)


def reaches(plan: Plan, address: str, port: int) -> bool:
    """Whether the first workload may open a TCP connection to an address outside of the cluster."""
    return any(
        _covers(rule.get("to"), address) and _has_port(rule["ports"], port)
        for rule in bodies(plan)[1]["spec"]["egress"]
    )


def _covers(to: list[dict[str, Any]] | None, address: str) -> bool:
    blocks = [peer["ipBlock"] for peer in to or [] if "ipBlock" in peer]
    return to is None or any(
        ip_address(address) in ip_network(block["cidr"])
        and not any(ip_address(address) in ip_network(net) for net in block.get("except", []))
        for block in blocks
    )


def _has_port(allowed: list[dict[str, Any]], port: int) -> bool:
    return any(p["protocol"] == "TCP" and p.get("port", port) == port for p in allowed)


def test_all_pods_of_the_project_are_cut_off_first_and_no_other_project_s() -> None:
    deny = bodies(wine_plan())[0]["spec"]
    assert deny == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/part-of": "wine-quality"}},
        "policyTypes": ["Ingress", "Egress"],
    }


@pytest.mark.parametrize("case", CASES)
def test_each_workload_s_policy_selects_its_own_pods_and_rules_both_directions(case: str) -> None:
    plan = CASES[case]
    for workload, body in zip(plan.workloads, bodies(plan)[1:], strict=True):
        spec = body["spec"]
        pods = selector_labels(plan, name=workload.name, component=workload.component)
        assert spec["podSelector"] == {"matchLabels": pods}
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert ("ingress" in spec) == (workload.serves or bool(workload.from_gateway))


@pytest.mark.parametrize("case", CASES)
def test_everybody_may_ask_the_cluster_s_dns_and_no_other(case: str) -> None:
    for body in bodies(CASES[case])[1:]:
        asks = [
            rule
            for rule in body["spec"]["egress"]
            if any(port.get("port") == 53 for port in rule["ports"])
        ]
        assert asks == [
            {
                "to": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
                        },
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }
        ]


def test_what_is_reached_by_name_is_the_internet_on_that_port_and_nothing_private() -> None:
    plan = reaching(to("db.example.com", 5432))
    assert reaches(plan, "93.184.216.34", 5432)
    assert reaches(plan, "2606:4700::1111", 5432)
    assert not reaches(plan, "93.184.216.34", 443)
    for address in (*PRIVATE, METADATA_SERVER):
        assert not reaches(plan, address, 5432)


@pytest.mark.parametrize(
    ("host", "cidr"),
    [
        pytest.param("10.20.30.40", "10.20.30.40/32", id="private"),
        pytest.param("8.8.8.8", "8.8.8.8/32", id="public"),
        pytest.param("169.254.169.252", "169.254.169.252/32", id="metadata-server"),
        pytest.param("[fd00::5]", "fd00::5/128", id="bracketed-ipv6"),
    ],
)
def test_what_is_reached_by_address_is_that_address_alone(host: str, cidr: str) -> None:
    assert egress_of(reaching(to(host))) == [
        {"to": [{"ipBlock": {"cidr": cidr}}], "ports": [{"protocol": "TCP", "port": 5432}]}
    ]


def test_a_service_in_the_cluster_is_its_namespace_on_its_port() -> None:
    (rule,) = egress_of(reaching(to("mlflow.mlops.svc", 5000, "mlops")))
    assert rule == {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "mlops"}}}],
        "ports": [{"protocol": "TCP", "port": 5000}],
    }


@pytest.mark.parametrize("port", [80, 443, 1023])
def test_a_privileged_port_of_a_service_hides_the_pod_s_so_all_are_open(port: int) -> None:
    (rule,) = egress_of(reaching(to("mlflow.mlops.svc", port, "mlops")))
    assert rule["ports"] == [{"protocol": "TCP"}]


def test_one_rule_a_peer_and_one_entry_a_port() -> None:
    endpoints = (to("a.svc", 9000, "m"), to("b.svc", 5000, "m"), to("c.svc", 9000, "m"))
    (rule,) = egress_of(reaching(*endpoints, to("a.svc", 9000, "m")))
    assert rule["ports"] == [{"protocol": "TCP", "port": 5000}, {"protocol": "TCP", "port": 9000}]


def test_who_calls_the_kubernetes_api_reaches_its_ports_anywhere_and_no_metadata_server() -> None:
    plan = reaching(to("s3.example.com", 443), calls_kubernetes_api=True)
    for address in (*PRIVATE, "34.1.2.3"):
        assert reaches(plan, address, 443)
        assert reaches(plan, address, 6443)
    assert not reaches(plan, METADATA_SERVER, 80)
    assert len(egress_of(plan)) == 1, "443 of the Internet is said already"


def test_who_does_not_call_the_kubernetes_api_does_not_reach_it() -> None:
    plan = reaching(to("minio.minio.svc", 9000, "minio"))
    assert not any(reaches(plan, address, 443) for address in (*PRIVATE, "34.1.2.3"))


def test_a_service_is_called_by_the_gateway_and_watched_by_prometheus_only() -> None:
    (ingress,) = [b["spec"]["ingress"] for b in bodies(wine_plan()) if "ingress" in b["spec"]]
    gateway, scrapers = ingress
    assert gateway["from"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}},
            "podSelector": {"matchLabels": {"istio": "ingressgateway"}},
        }
    ]
    assert [port["port"] for port in gateway["ports"]] == [8000]
    (scraper,) = scrapers["from"]
    name = scraper["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    assert name == "monitoring"
    (expression,) = scraper["podSelector"]["matchExpressions"]
    assert expression["values"] == ["prometheus", "prometheus-agent"]
    assert [port["port"] for port in scrapers["ports"]] == [8000]


def test_a_service_that_is_not_exposed_is_watched_and_called_by_nobody() -> None:
    (rule,) = bodies(reaching(serves=True))[1]["spec"]["ingress"]
    name = rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    assert name == "monitoring"


def test_routes_that_seldon_makes_by_itself_take_both_of_its_ports() -> None:
    (rule,) = bodies(reaching(from_gateway=("http", "grpc")))[1]["spec"]["ingress"]
    assert [port["port"] for port in rule["ports"]] == [8000, 5001]


@given(st.lists(st.builds(to, hosts, ports)), st.booleans())
def test_no_other_port_is_ever_open_to_the_outside(endpoints: list[Any], calls: bool) -> None:
    plan = reaching(*endpoints, calls_kubernetes_api=calls)
    asked = {e.port for e in endpoints} | ({443, 6443} if calls else set())
    opened = {port["port"] for rule in egress_of(plan) for port in rule["ports"]}
    assert opened == asked


@given(st.lists(st.builds(to, hosts, ports)), st.booleans())
def test_no_peer_has_two_rules_and_none_is_without_ports(endpoints: list[Any], calls: bool) -> None:
    rules = egress_of(reaching(*endpoints, calls_kubernetes_api=calls))
    peers = [repr(rule.get("to")) for rule in rules]
    assert len(peers) == len(set(peers))
    assert all(rule["ports"] for rule in rules)
