"""What every renderer promises, for every case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mlspec.renderers.network import KINDS, applies, render

from mlspec.manifests.labels import common_labels
from mlspec.plan.model import Workload
from tests.plans import wine_plan
from tests.upstream import upstream_errors

from .cases import CASES, bodies, reaching, to

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
    assert {f"{m.kind}.{m.group}" for m in render(plan)} == set(KINDS)
    assert applies(plan)


def test_a_plan_without_workloads_needs_nothing() -> None:
    plan = wine_plan(workloads=())
    assert not applies(plan)
    assert bodies(plan) == []


@each_case
def test_every_object_is_namespaced_and_labelled(case: str) -> None:
    plan = CASES[case]
    for body in bodies(plan):
        metadata = body["metadata"]
        assert metadata["namespace"] == "wine-quality-prod"
        owner = metadata["labels"]["app.kubernetes.io/name"]
        assert metadata["labels"] == common_labels(plan, name=owner, component="network")


@each_case
def test_nothing_is_null_or_empty(case: str) -> None:
    for body in bodies(CASES[case]):
        assert [leaf for leaf in _leaves(body) if leaf in (None, "", {}, [])] == []


@each_case
def test_rendering_twice_gives_equal_values_that_share_nothing(case: str) -> None:
    first, second = bodies(CASES[case]), bodies(CASES[case])
    assert first == second
    containers = [id(c) for body in [*first, *second] for c in _containers(body)]
    assert len(containers) == len(set(containers))


def test_names_stay_legal_and_apart_however_long_and_alike() -> None:
    components = ("pipeline", "model-server")
    workloads = [
        Workload(name=name, component=component)  # type: ignore[arg-type]  # each is one of two
        for name in ("w" * 62 + "a", "w" * 62 + "b", "wine", "wine-quality")
        for component in components
    ]
    plan = reaching(to("example.com")).replace(workloads=tuple(workloads), project="p" * 63)
    names = [body["metadata"]["name"] for body in bodies(plan)]
    assert len(names) == len(set(names)) == 9
    assert all(len(name) <= 63 for name in names)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)) and value:
        for child in value.values() if isinstance(value, dict) else value:
            yield from _leaves(child)
    else:
        yield value


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from _containers(child)
