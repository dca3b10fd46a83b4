"""Exposed services have a gateway, and an address of their own."""

from __future__ import annotations

import pytest

from mlspec.checks.exposure import check_exposure
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, read_patch

GATEWAY = "gateway: {resource: {name: public}}"
DOMAINS = "gateway: {resource: {name: public}, domains: [ml.example.com, example.org]}"


def at(host: str, more: str = "") -> str:
    return f"serving: {{api: {{expose: {{host: {host}{more}}}}}}}"


def test_a_service_that_is_not_exposed_needs_no_gateway() -> None:
    assert problems(check_exposure) == []


def test_a_platform_without_a_gateway() -> None:
    patch = at("wine.example.com")
    found = diagnosed(check_exposure, patch)

    assert (found.code, found_at(found, merged(PROJECT, patch))) == ("MLS508", "expose")
    assert problems(check_exposure, patch, on=GATEWAY) == []


def test_this_machine_has_no_gateway() -> None:
    assert problems(check_exposure, at("wine.example.com"), environment="local") == []


@pytest.mark.parametrize("host", ["ml.example.com", "wine.ml.example.com", "a.b.example.org"])
def test_a_host_of_the_platform(host: str) -> None:
    assert problems(check_exposure, at(host), on=DOMAINS) == []


@pytest.mark.parametrize("host", ["example.com", "wineml.example.com", "example.org.evil.com"])
def test_a_host_of_somebody_else(host: str) -> None:
    found = problem(check_exposure, at(host), on=DOMAINS)

    assert (found.code, found.path) == ("MLS509", ("serving", "api", "expose", "host"))
    assert found.help == "take a name below `ml.example.com`, `example.org`"


TWO = """
serving:
  api: {{expose: {{host: wine.example.com}}}}
  other: {{model: grader, expose: {{host: wine.example.com{0}}}}}
"""


def test_two_services_at_one_address() -> None:
    found = problem(check_exposure, TWO.format(""), on=GATEWAY)

    assert (found.code, found.path) == ("MLS203", ("serving", "other", "expose", "host"))
    assert found.related == (("the other is here", ("serving", "api", "expose")),)


def test_two_services_of_a_host_each_at_its_path() -> None:
    assert problems(check_exposure, TWO.format(", path: /other"), on=GATEWAY) == []


def test_no_gateway_waits_longer_than_a_day() -> None:
    assert problems(check_exposure, at("a.b", ", timeout: 24h"), on=GATEWAY) == []
    found = problem(check_exposure, at("a.b", ", timeout: 1d1ms"), on=GATEWAY)
    assert (found.code, found.path[-1]) == ("MLS106", "timeout")


def test_a_route_leads_to_sixteen_versions_at_most() -> None:
    def variants(number: int) -> str:
        shares = ", ".join(f"v{n}: 1" for n in range(number))
        rollout = f"{{strategy: ab, variants: {{{shares}}}}}"
        return f"serving: {{api: {{expose: {{host: a.b}}, rollout: {rollout}}}}}"

    assert problems(check_exposure, variants(16), on=GATEWAY) == []
    assert problem(check_exposure, variants(17), on=GATEWAY).code == "MLS106"


@pytest.mark.parametrize(
    "host",
    ["https://wine.example.com", "wine.example.com:443", "'*.example.com'", "10.0.0.1", "wine",
     "Wine.example.com", "wine.example.com/", "-a.example.com", "a..b", f"{'a' * 64}.b"],
)  # fmt: skip
def test_what_is_no_host(host: str) -> None:
    assert {found.code for found in read_patch(at(host))} == {"MLS105"}


@pytest.mark.parametrize(
    "path", ["wine", "/wine/", "//", "/../x", "/a/./b", "/a%2fb", "/a?b", "/a#b", "/{x}", "/*"]
)
def test_what_is_no_path(path: str) -> None:
    assert {found.code for found in read_patch(at("a.b", f", path: '{path}'"))} == {"MLS105"}


def test_who_may_call_is_not_built_yet() -> None:
    [found] = read_patch(at("a.b", ", auth: {type: oidc}"))
    assert found.code == "MLS107"
