"""What every renderer promises, and what Argo's own schemas and models say, for every case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mlspec.renderers.argo_workflows import KINDS, applies, render

from mlspec.manifests.labels import common_labels
from tests.plans import wine_plan
from tests.upstream import upstream_errors

from .cases import CASES, bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

each_case = pytest.mark.parametrize("case", CASES)


@each_case
def test_the_schemas_of_the_planned_version_accept_every_object(case: str) -> None:
    new = CASES[case].platform.argo_workflows_version.startswith("4")
    for body in bodies(CASES[case]):
        assert upstream_errors(body, argo="4.1" if new else "3.7") == []


@each_case
def test_without_a_cache_both_versions_accept_every_object(case: str) -> None:
    for body in bodies(CASES[case]):
        if "memoize" not in json.dumps(body):
            assert upstream_errors(body, argo="3.7") == []
            assert upstream_errors(body, argo="4.1") == []


# The models end with Argo 3.7, where a cache's ConfigMap still needs a key.
@pytest.mark.parametrize("case", [case for case in CASES if case != "cached-4.1"])
def test_the_python_models_take_every_workflow_with_type_checks_on(case: str) -> None:
    models = pytest.importorskip("argo_workflows.models")
    deserialised = {
        "WorkflowTemplate": models.IoArgoprojWorkflowV1alpha1WorkflowTemplate,
        "CronWorkflow": models.IoArgoprojWorkflowV1alpha1CronWorkflow,
    }
    for body in bodies(CASES[case]):
        if body["kind"] in deserialised:
            _load(body, deserialised[body["kind"]])


def _load(body: dict[str, Any], model: Any) -> None:
    """As the API client loads what a server answers; an unknown field is an error."""
    from argo_workflows.configuration import Configuration
    from argo_workflows.model_utils import validate_and_convert_types

    configuration = Configuration(discard_unknown_keys=False)
    loaded = validate_and_convert_types(
        body, (model,), ["body"], True, True, configuration=configuration
    )
    assert loaded["metadata"]["name"] == body["metadata"]["name"]
    assert loaded["spec"].to_dict()


@each_case
def test_only_the_announced_kinds_come_and_only_where_the_target_applies(case: str) -> None:
    plan = CASES[case]
    made = [f"{m.kind}.{m.group}".rstrip(".") for m in render(plan)]
    assert made[:2] == ["ConfigMap", "WorkflowTemplate.argoproj.io"]
    assert set(made) <= set(KINDS)
    assert applies(plan)


def test_a_project_without_a_pipeline_needs_nothing() -> None:
    plan = wine_plan(pipeline=None)
    assert not applies(plan)
    assert bodies(plan) == []


@each_case
def test_objects_stand_in_the_namespace_and_carry_our_labels(case: str) -> None:
    plan = CASES[case]
    ours = common_labels(plan, name="wine-quality", component="pipeline")
    for body in bodies(plan):
        assert body["metadata"]["namespace"] == "wine-quality-prod"
        assert body["metadata"]["labels"] == ours


@each_case
def test_nothing_is_null_or_empty(case: str) -> None:
    """But for `archive: {none: {}}`, where the empty map is the value."""
    for body in bodies(CASES[case]):
        found = [(path, leaf) for path, leaf in _leaves(body) if leaf in (None, "", {}, [])]
        assert [path for path, _ in found if path[-2:] != ("archive", "none")] == []


@each_case
def test_no_expression_templates_and_no_singular_fields(case: str) -> None:
    for body in bodies(CASES[case]):
        keys = {key for path, _ in _leaves(body) for key in path}
        assert keys.isdisjoint({"schedule", "mutex", "semaphore", "podPriority"})
        assert "{{=" not in json.dumps(body)


@each_case
def test_rendering_twice_gives_equal_values_that_share_nothing(case: str) -> None:
    first, second = bodies(CASES[case]), bodies(CASES[case])
    assert first == second
    containers = [id(c) for body in first for c in _containers(body)]
    assert len(containers) == len(set(containers))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list) and value:
        for child in value:
            yield from _leaves(child, path)
    else:
        yield path, value


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from _containers(child)
