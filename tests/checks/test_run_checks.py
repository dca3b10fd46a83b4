"""All checks together: what they look at, and in which order they speak."""

from __future__ import annotations

import pytest

from mlspec.checks import CHECKS, dataflow_of, run_checks
from mlspec.checks.dataflow import outputs_of
from mlspec.diagnostics.codes import CODES
from mlspec.language.steps import Output
from tests.specs import context, project


def test_the_minimal_project_has_no_problems() -> None:
    assert list(run_checks(context())) == []


def test_independent_mistakes_come_in_one_run() -> None:
    patch = """
image: a:latest
training: {grader: {inputs: [tdiy]}}
pipeline: {schedule: often}
"""
    found = [problem.code for problem in run_checks(context(patch))]

    assert found == ["MLS201", "MLS212", "MLS402"]


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("{data: {}, transforms: {}, training: {}, serving: {}}", id="empty-maps"),
        pytest.param("{data: null, transforms: null, training: null, serving: null}", id="nothing"),
        pytest.param("transforms: {make: {run: a, inputs: [], outputs: []}}", id="no-inputs"),
        pytest.param("transforms: {clean: {outputs: []}}", id="no-outputs"),
        pytest.param("training: {grader: {evaluate: {metrics: []}}}", id="no-metrics"),
        pytest.param("registry: {type: mlflow}", id="empty-registry"),
        pytest.param("monitoring: {api: {slo: {}}}", id="empty-objectives"),
        pytest.param("access: {roles: {a: {subjects: [], may: []}}}", id="empty-role"),
        pytest.param("environments: {dev: null}", id="empty-environment"),
        pytest.param("transforms: {clean: {expects: {tastings: {}}}}", id="empty-expectations"),
        pytest.param("serving: {api: {rollout: {strategy: ab, variants: {}}}}", id="no-variants"),
        pytest.param("metadata: {description: 'Größe, 🍷, \u202e'}", id="unicode"),
        pytest.param("data: {sources: {tastings: {schema: {'Größe in m²': int}}}}", id="column"),
    ],
)
@pytest.mark.parametrize("environment", ["", "local", "dev", "prod", "nowhere"])
def test_odd_but_legal_specs_end_in_known_codes(patch: str, environment: str) -> None:
    for problem in run_checks(context(patch, environment=environment)):
        assert problem.code in CODES


def test_every_check_is_called_after_its_file() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    assert all(check.__name__.startswith("check_") for check in CHECKS)


def test_the_data_flow_knows_who_writes_and_who_reads() -> None:
    flow = dataflow_of(project())

    assert [(node.kind, node.name) for node in flow.nodes] == [
        ("transform", "clean"),
        ("train", "grader"),
        ("evaluate", "evaluate-grader"),
    ]
    assert {name: p.step for name, p in flow.producers.items()} == {"tastings": "", "tidy": "clean"}
    assert [node.name for node in flow.readers("tidy")] == ["grader", "evaluate-grader"]


def test_an_evaluation_reads_what_it_says_instead_of_its_training_s() -> None:
    flow = dataflow_of(project("training: {grader: {evaluate: {inputs: [tastings]}}}"))

    assert flow.nodes[-1].inputs == ("tastings",)


def test_outputs_have_one_form() -> None:
    assert outputs_of(("a", "b")) == {"a": Output(), "b": Output()}
    assert outputs_of({"a": Output(format="csv")}) == {"a": Output(format="csv")}
