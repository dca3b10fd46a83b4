"""The address of a service: shares, shadows, readiness, metrics."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event
from typing import TypeAlias

import pytest

from mlspec.local.serving.errors import BusyPort
from mlspec.local.serving.router import PREDICTOR_HEADER, Backend, Entry, Router
from tests.local.serving_samples import saying

pytest.importorskip("prometheus_client", reason="needs the extra mlspec[seldon]")

INFER = "/v2/models/grader/infer"


class Address:
    """A router before servers that stand in for model servers, and its log."""

    def __init__(self, router: Router, log: list[Entry]) -> None:
        self.router, self.log = router, log

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        """Status, content, and who answered."""
        try:
            with urllib.request.urlopen(self.router.url + path, body) as answer:
                return answer.status, answer.read().decode(), answer.headers[PREDICTOR_HEADER]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers[PREDICTOR_HEADER]

    def predictors(self, count: int) -> list[str]:
        return [self.ask(INFER, b"{}")[2] for _ in range(count)]


Open: TypeAlias = Callable[..., Address]


@pytest.fixture
def address() -> Iterator[Open]:
    """Opens a router. Backends are given as name → (traffic, is a shadow, status)."""
    with ExitStack() as stack:

        def open_(seed: int = 1, **backends: tuple[int, bool, int]) -> Address:
            log: list[Entry] = []
            router = Router(0, log=log.append, seed=seed)
            stack.callback(router.close)
            made = []
            for version, (name, (traffic, shadow, code)) in enumerate(backends.items(), 1):
                port, _ = stack.enter_context(saying(name, code))
                made.append(
                    Backend(
                        name=name, version=str(version), port=port, traffic=traffic, shadow=shadow
                    )
                )
            if made:
                router.open("api", made)
            return Address(router, log)

        yield open_


def test_requests_are_shared_by_weight_and_the_same_seed_shares_them_the_same_way(
    address: Open,
) -> None:
    split = {"champion": (75, False, 200), "challenger": (25, False, 200)}
    one, same, other = address(7, **split), address(7, **split), address(8, **split)

    first = one.predictors(100)

    assert same.predictors(100) == first
    assert other.predictors(100) != first
    assert 12 <= first.count("challenger") <= 40


def test_an_answer_is_that_of_the_predictor_it_names(address: Open) -> None:
    api = address(champion=(50, False, 200), challenger=(50, False, 200))

    for _ in range(10):
        _, text, predictor = api.ask(INFER, b"{}")
        assert json.loads(text) == {"said": predictor}


def test_each_predictor_is_counted_as_seldon_s_executor_counts(address: Open) -> None:
    api = address(3, champion=(75, False, 200), challenger=(25, False, 500))

    asked = api.predictors(40)
    text = api.ask("/metrics")[1]

    count = "seldon_api_executor_server_requests_seconds_count"
    labels = 'deployment_name="api",method="post",predictor_name='
    for name, version, code in (("champion", 1, 200), ("challenger", 2, 500)):
        assert (
            f'{count}{{code="{code}",{labels}"{name}",predictor_version="{version}",'
            f'service="predictions"}} {asked.count(name)}.0\n'
        ) in text
    assert api.ask("/prometheus")[1] == text


def test_what_is_no_request_of_a_user_is_not_counted(address: Open) -> None:
    api = address(champion=(100, False, 200))

    for path in ("/metrics", "/v2/health/ready", "/v2/models/grader/ready", "/elsewhere"):
        api.ask(path)

    assert "_count{" not in api.ask("/metrics")[1]


def test_a_shadow_gets_a_copy_and_nobody_its_answer() -> None:
    copied = Event()

    def log(entry: Entry) -> None:
        if entry.is_copy:
            copied.set()

    with saying("main") as (main, _), saying("shadow", 500) as (shadow, had):
        router = Router(0, log=log)
        backends = [
            Backend(name="main", version="1", port=main, traffic=100),
            Backend(name="next", version="2", port=shadow, traffic=100, shadow=True),
        ]
        router.open("api", backends)
        api = Address(router, [])

        assert api.ask(INFER, b"{}") == (200, '{"said": "main"}', "main")
        assert copied.wait(10)
        assert had == [f"POST {INFER}"]
        assert (
            'code="500",deployment_name="api",method="post",predictor_name="next"'
            in (api.ask("/metrics")[1])
        )
        router.close()


def test_it_is_ready_when_every_version_is(address: Open) -> None:
    unopened = address()
    half = address(champion=(75, False, 200), challenger=(25, False, 503))
    whole = address(champion=(75, False, 200), challenger=(25, False, 200))

    for path in ("/v2/health/ready", "/v2/models/grader/ready"):
        assert unopened.ask(path)[0] == 503
        assert half.ask(path)[0] == 503
        assert whole.ask(path)[0] == 200


def test_a_version_that_is_gone_is_an_error_of_the_server(address: Open) -> None:
    api = address()
    with saying("champion") as (port, _):
        pass
    api.router.open("api", [Backend(name="champion", version="1", port=port, traffic=100)])

    code, text, _ = api.ask(INFER, b"{}")

    assert code == 503
    assert "champion does not answer" in json.loads(text)["error"]
    assert 'code="503"' in api.ask("/metrics")[1]


def test_a_port_that_is_taken_is_told_with_the_way_out(address: Open) -> None:
    taken = address().router.port

    with pytest.raises(BusyPort, match=rf"port {taken} is taken .* --port 0"):
        Router(taken, log=lambda _: None)
