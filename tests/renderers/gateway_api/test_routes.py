"""Who is let in, at what address, and to which version of the model."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.gateway_api import KINDS, applies
from mlspec.renderers.gateway_api.route import duration
from mlspec.renderers.gateway_api.seldon import HTTP_PORT, PATHS
from mlspec.renderers.network.ingress import GATEWAY_PORTS
from mlspec.renderers.seldon import render as seldon

from tests.plans import wine_plan, wine_service
from tests.renderers.seldon.operator_names import services
from tests.specs import plan, project

from .cases import CASES, at_gateway, behind, bodies, exposed, rule


@pytest.mark.parametrize("case", CASES)
def test_one_route_an_exposed_service(case: str) -> None:
    assert [f"{b['kind']}.gateway.networking.k8s.io" for b in bodies(CASES[case])] == list(KINDS)
    assert applies(CASES[case])


@pytest.mark.parametrize(
    "unseen",
    [
        pytest.param(wine_plan(services=(wine_service(expose=None),)), id="not-exposed"),
        pytest.param(at_gateway(None), id="no-gateway"),
    ],
)
def test_nothing_is_let_in_by_default(unseen: object) -> None:
    assert not applies(unseen)  # type: ignore[arg-type]  # a Plan
    assert bodies(unseen) == []  # type: ignore[arg-type]


def test_a_route_attaches_to_the_platform_s_gateway_at_its_host() -> None:
    [body] = bodies(wine_plan())
    assert body["spec"]["parentRefs"] == [
        {"name": "public", "namespace": "istio-system", "sectionName": "https"}
    ]
    assert body["spec"]["hostnames"] == ["wine.example.com"]


def test_versions_get_the_shares_of_the_rollout() -> None:
    assert rule(wine_plan())["backendRefs"] == [
        {"name": "wine-api-champion", "port": 8000, "weight": 90},
        {"name": "wine-api-challenger", "port": 8000, "weight": 10},
    ]


@pytest.mark.parametrize("case", CASES)
def test_backends_are_services_that_the_operator_makes(case: str) -> None:
    made = {name for m in seldon(CASES[case]) if m.kind == "SeldonDeployment"
            for name in services(m.body)}  # fmt: skip
    found = rule(CASES[case])
    backends = list(found["backendRefs"])
    backends += [
        each["requestMirror"]["backendRef"]
        for each in found.get("filters", ())
        if each["type"] == "RequestMirror"
    ]
    assert {backend["name"] for backend in backends} <= made
    assert {backend["port"] for backend in backends} == {GATEWAY_PORTS["http"]} == {HTTP_PORT}


def test_a_shadow_gets_copies_and_answers_nobody() -> None:
    found = rule(CASES["shadow"])
    assert [backend["name"] for backend in found["backendRefs"]] == ["wine-api-champion"]
    assert found["filters"] == [
        {
            "type": "RequestMirror",
            "requestMirror": {"backendRef": {"name": "wine-api-challenger", "port": 8000}},
        }
    ]


def test_a_shadow_of_a_share_gets_that_share() -> None:
    [mirror] = rule(CASES["half-a-shadow"])["filters"]
    assert mirror["requestMirror"]["percent"] == 50


def test_only_the_protocol_s_paths_are_let_in() -> None:
    """The executor has its metrics on the same port."""
    assert rule(wine_plan())["matches"] == [{"path": {"type": "PathPrefix", "value": "/v2/models"}}]
    assert set(PATHS) == {"v2", "seldon", "tensorflow"}
    assert not any(path.startswith(("/prometheus", "/ready", "/live")) for path in PATHS.values())


def test_a_path_of_one_s_own_is_taken_away_before_the_model_sees_it() -> None:
    found = rule(exposed(behind("a", 100), path="/wines/red"))
    assert found["matches"][0]["path"]["value"] == "/wines/red/v2/models"
    assert found["filters"] == [
        {
            "type": "URLRewrite",
            "urlRewrite": {
                "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v2/models"}
            },
        }
    ]


def test_without_a_path_no_more_than_the_core_of_the_api_is_asked_of_the_gateway() -> None:
    assert "filters" not in rule(wine_plan())


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(30_000, "30s"), (250, "250ms"), (1500, "1s500ms"), (86_400_000, "86400s")],
)
def test_timeouts_as_the_api_writes_them(milliseconds: int, text: str) -> None:
    assert rule(exposed(timeout_ms=milliseconds))["timeouts"] == {"request": text}


@given(st.integers(1, 86_400_000))
def test_every_timeout_of_a_day_at_most_has_the_api_s_form(milliseconds: int) -> None:
    assert re.fullmatch(r"([0-9]{1,5}(h|m|s|ms)){1,4}", duration(milliseconds))


# ── from a spec ───────────────────────────────────────────────────────────────────────────────────

GATEWAY = "gateway: {resource: {name: public}}"
EXPOSED = "serving: {api: {expose: {host: wine.example.com}}}"


def test_the_gateway_is_where_its_pods_are_unless_it_is_said() -> None:
    assert bodies(plan(EXPOSED, on=GATEWAY))[0]["spec"]["parentRefs"] == [
        {"name": "public", "namespace": "istio-system"}
    ]
    elsewhere = "gateway: {resource: {name: public, namespace: gateways, listener: https}}"
    assert bodies(plan(EXPOSED, on=elsewhere))[0]["spec"]["parentRefs"] == [
        {"name": "public", "namespace": "gateways", "sectionName": "https"}
    ]


@pytest.mark.parametrize("host", ["wine.example.com", "a.b", "x-1.ml.example", "xn--bcher-kva.de"])
@pytest.mark.parametrize("path", ["/", "/wine", "/wines/red-1", "/~ana/v2"])
def test_hosts_and_paths_arrive_as_they_are(host: str, path: str) -> None:
    expose = f"serving: {{api: {{expose: {{host: {host}, path: {path}}}}}}}"
    found = project(expose).serving["api"].expose
    assert found is not None
    assert (found.host, found.path) == (host, path)
    [body] = bodies(plan(expose, on=GATEWAY))
    assert body["spec"]["hostnames"] == [host]
    value = body["spec"]["rules"][0]["matches"][0]["path"]["value"]
    assert value == path.rstrip("/") + "/v2/models"
