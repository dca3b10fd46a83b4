"""What every renderer promises, for every case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mlspec.renderers.prometheus import KINDS, applies, render

from mlspec.manifests.labels import common_labels
from tests.plans import wine_plan, wine_service
from tests.upstream import upstream_errors

from .cases import CASES, bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

each_case = pytest.mark.parametrize("case", CASES)


@each_case
def test_upstream_accepts_every_object(case: str) -> None:
    for body in bodies(CASES[case]):
        assert upstream_errors(body) == []


@each_case
def test_only_the_announced_kinds_come_and_only_where_the_target_applies(case: str) -> None:
    plan = CASES[case]
    made = {f"{m.kind}.{m.group}" for m in render(plan)}
    assert made
    assert made <= set(KINDS)
    assert applies(plan)


def test_a_project_without_services_and_pipeline_needs_nothing() -> None:
    plan = wine_plan(services=(), pipeline=None)
    assert not applies(plan)
    assert bodies(plan) == []


@each_case
def test_objects_carry_the_labels_that_the_operator_selects_by(case: str) -> None:
    plan = CASES[case]
    for body in bodies(plan):
        metadata = body["metadata"]
        assert metadata["namespace"] == "wine-quality-prod"
        owner = metadata["labels"]["app.kubernetes.io/name"]
        ours = common_labels(plan, name=owner, component="monitoring")
        assert metadata["labels"] == {**ours, "release": "kube-prometheus-stack"}


@each_case
def test_nothing_is_null_or_empty(case: str) -> None:
    for body in bodies(CASES[case]):
        assert [leaf for leaf in _leaves(body) if leaf in (None, "", {}, [])] == []


@each_case
def test_rendering_twice_gives_equal_values_that_share_nothing(case: str) -> None:
    first, second = bodies(CASES[case]), bodies(CASES[case])
    assert first == second
    containers = [id(c) for body in first for c in _containers(body)]
    assert len(containers) == len(set(containers))


def test_names_stay_legal_and_apart_however_long_and_alike() -> None:
    services = tuple(wine_service(name="w" * 60 + end) for end in ("a", "b", "a-slo"))
    names = [
        (body["kind"], body["metadata"]["name"]) for body in bodies(wine_plan(services=services))
    ]
    assert len(names) == len(set(names)) == 7
    assert all(len(name) <= 63 for kind, name in names if kind == "PrometheusRule")


def _leaves(value: Any) -> Iterator[Any]:
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, (dict, list)) and value:
        for child in children:
            yield from _leaves(child)
    else:
        yield value


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from _containers(child)
