"""What every renderer promises, for every case."""

from __future__ import annotations

import pytest
from mlspec.renderers.rbac import KINDS, applies, render

from mlspec.manifests.labels import common_labels
from tests.plans import wine_plan
from tests.upstream import upstream_errors

from .cases import CASES, bodies

each_case = pytest.mark.parametrize("case", CASES)


@each_case
def test_upstream_accepts_every_object(case: str) -> None:
    for body in bodies(CASES[case]):
        assert upstream_errors(body) == []


@each_case
def test_only_the_announced_kinds_come_and_only_where_the_target_applies(case: str) -> None:
    plan = CASES[case]
    made = {f"{m.kind}.{m.group}".rstrip(".") for m in render(plan)}
    assert made
    assert made <= set(KINDS)
    assert applies(plan)


def test_a_plan_without_identities_needs_nothing() -> None:
    plan = wine_plan(identities=())
    assert not applies(plan)
    assert bodies(plan) == []


@each_case
def test_every_object_is_namespaced_and_labelled(case: str) -> None:
    plan = CASES[case]
    for body in bodies(plan):
        metadata = body["metadata"]
        assert metadata["namespace"] == "wine-quality-prod"
        owner = metadata["labels"]["app.kubernetes.io/name"]
        assert metadata["labels"] == common_labels(plan, name=owner, component="access")


@each_case
def test_rendering_twice_gives_the_same(case: str) -> None:
    assert bodies(CASES[case]) == bodies(CASES[case])


@each_case
def test_no_two_objects_share_kind_and_name(case: str) -> None:
    names = [(body["kind"], body["metadata"]["name"]) for body in bodies(CASES[case])]
    assert len(names) == len(set(names))
