"""What every renderer promises, for every case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.argo_cd import KINDS, applies, render_last

from mlspec.manifests.labels import common_labels
from tests.plans import wine_plan
from tests.upstream import upstream_errors

from .cases import ALLOWED, CASES, OTHERS, both

each_case = pytest.mark.parametrize("case", CASES)


@each_case
def test_upstream_accepts_both_objects(case: str) -> None:
    for body in both(CASES[case]):
        assert upstream_errors(body) == []


@each_case
def test_only_the_announced_kinds_come(case: str) -> None:
    plan = CASES[case]
    assert tuple(f"{m.kind}.{m.group}" for m in render_last(plan, OTHERS, ALLOWED)) == KINDS
    assert applies(plan)


@each_case
def test_both_live_where_argo_cd_does_under_the_environment_s_name(case: str) -> None:
    plan = CASES[case]
    for body in both(plan):
        metadata = body["metadata"]
        assert metadata["name"] == f"wine-quality-{plan.environment}"
        assert metadata["namespace"] == plan.delivery.argo_cd_namespace
        assert metadata["labels"] == common_labels(plan, name=plan.project, component="delivery")


@each_case
def test_rendering_twice_gives_the_same(case: str) -> None:
    assert both(CASES[case]) == both(CASES[case])


legal_names = st.from_regex(r"[a-z][a-z0-9-]{0,61}[a-z0-9]", fullmatch=True)


@given(legal_names, legal_names)
def test_names_stay_legal_and_the_two_objects_agree_on_them(name: str, environment: str) -> None:
    project, application = both(wine_plan(project=name, environment=environment))
    assert len(project["metadata"]["name"]) <= 63
    assert application["metadata"]["name"] == project["metadata"]["name"]
    assert application["spec"]["project"] == project["metadata"]["name"]


@given(st.text(min_size=1))
def test_the_description_arrives_literally(text: str) -> None:
    project, _ = both(wine_plan(description=text))
    assert project["spec"]["description"] == text
