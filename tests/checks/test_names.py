"""Each data set, step and service has a name of its own, and Kubernetes takes them all."""

from __future__ import annotations

import pytest

from mlspec.checks.names import check_names
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, span_text

STEP = "run: a, inputs: [tastings]"


def test_the_minimal_project_has_good_names() -> None:
    assert problems(check_names) == []


def test_two_writers_of_one_data_set() -> None:
    patch = f"transforms: {{enrich: {{{STEP}, outputs: {{tidy: {{}}}}}}}}"
    text = merged(PROJECT, patch)

    found = diagnosed(check_names, patch)

    assert found.code == "MLS203"
    assert found.message == "two things are called `tidy`: data sets need names of their own"
    assert found_at(found, text) == "tidy"
    [first] = found.related
    assert (first.message, span_text(first.span, text)) == ("the first is here", "tidy")
    assert first.span.line < found.span.line


def test_an_output_that_is_called_like_a_source() -> None:
    found = problem(check_names, f"transforms: {{b: {{{STEP}, outputs: [tastings]}}}}")

    assert (found.code, found.path) == ("MLS203", ("transforms", "b", "outputs", 0))
    assert found.related == (("the first is here", ("data", "sources", "tastings")),)


def test_an_output_that_is_listed_twice() -> None:
    found = problem(check_names, f"transforms: {{b: {{{STEP}, outputs: [x, x, y]}}}}")

    assert (found.code, found.path) == ("MLS203", ("transforms", "b", "outputs", 1))


def test_the_place_of_an_output_after_one_that_is_listed_twice() -> None:
    first, second = problems(check_names, f"transforms: {{b: {{{STEP}, outputs: [x, x, tidy]}}}}")

    assert first.path == ("transforms", "b", "outputs", 1)
    assert second.path == ("transforms", "b", "outputs", 2)


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("model", "`${{ inputs.model }}` and `${{ outputs.model }}` mean the model"),
        ("metrics", "`${{ metrics }}` means the metrics of an evaluation"),
    ],
)
def test_names_that_placeholders_have_already(name: str, help: str) -> None:
    found = problem(check_names, f"transforms: {{b: {{{STEP}, outputs: [{name}]}}}}")

    assert (found.code, found.message) == ("MLS203", f"a data set cannot be called `{name}`")
    assert (found.path, found.help) == (("transforms", "b", "outputs", 0), help)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param("ingest-tastings", ("data", "sources", "tastings"), id="ingest"),
        pytest.param("check-tidy", ("transforms", "clean", "outputs", "tidy"), id="check"),
        pytest.param("evaluate-grader", ("training", "grader"), id="evaluate"),
        pytest.param("gate-grader", ("training", "grader"), id="gate"),
        pytest.param("register-grader", ("training", "grader"), id="register"),
        pytest.param("report", ("pipeline",), id="report"),
    ],
)
def test_a_step_that_is_called_like_one_of_mlspec_s(name: str, place: tuple[str, ...]) -> None:
    found = problem(check_names, f"transforms: {{{name}: {{{STEP}, outputs: []}}}}")

    assert (found.code, found.path, found.on_key) == ("MLS203", ("transforms", name), True)
    assert found.message == f"two steps would be called `{name}`"
    assert found.related == (("mlspec adds a step of this name", place),)


def test_a_transform_and_a_training_of_one_name() -> None:
    found = problem(check_names, "training: {clean: {run: a, inputs: [tidy]}}")

    assert (found.code, found.path) == ("MLS203", ("training", "clean"))
    assert found.related == (("the first is here", ("transforms", "clean")),)


def test_a_source_may_be_called_like_a_step() -> None:
    patch = "data: {sources: {clean: {type: s3, uri: s3://cellar/x, format: csv}}}"

    assert problems(check_names, patch) == []


@pytest.mark.parametrize("part", ["pipeline", "executor"])
def test_a_service_that_would_act_as_the_pipeline(part: str) -> None:
    name = f"wine-quality-{part}"

    found = problem(check_names, f"serving: {{{name}: {{model: grader}}}}")

    assert (found.code, found.path) == ("MLS203", ("serving", name))


@pytest.mark.parametrize("role", ["pipeline", "executor"])
def test_a_role_that_would_be_the_pipeline_s(role: str) -> None:
    found = problem(check_names, f"access: {{roles: {{{role}: {{subjects: [], may: [view]}}}}}}")

    assert (found.code, found.path) == ("MLS203", ("access", "roles", role))


def test_an_environment_that_the_platform_does_not_have() -> None:
    patch = "environments: {prdo: {}}"
    found = diagnosed(check_names, patch, environment="prdo")

    assert found.code == "MLS504"
    assert found.message == "the platform has no environment `prdo`"
    assert found.help == "did you mean `prod`?"
    assert found_at(found, merged(PROJECT, patch)) == "prdo"


def test_this_machine_needs_no_platform() -> None:
    assert problems(check_names, "environments: {local: {}}", environment="local") == []


def test_a_namespace_of_more_than_63_characters() -> None:
    name = "a" * 60

    found = problem(check_names, f"metadata: {{name: {name}}}")

    assert (found.code, found.path) == ("MLS501", ("metadata", "name"))
    assert f"the namespace `{name}-dev` in `dev` is not legal" in found.message
    assert found.help == "shorten the project's name"


def test_a_namespace_of_63_characters() -> None:
    assert problems(check_names, f"metadata: {{name: {'a' * 59}}}") == []


@pytest.mark.parametrize("name", ["digest", "timestamp", "model", "metrics"])
def test_names_that_steps_use_themselves_are_no_names_of_data_sets(name: str) -> None:
    found = problem(check_names, f"transforms: {{clean: {{outputs: [{name}]}}}}")

    assert (found.code, found.message) == ("MLS203", f"a data set cannot be called `{name}`")


@pytest.mark.parametrize(
    "name",
    ["default", "wine-quality-pipeline", "wine-quality-executor", "wine-quality-artifact-gc"],
)
def test_a_service_does_not_take_over_an_account(name: str) -> None:
    found = problem(check_names, f"serving: {{{name}: {{model: grader}}}}")

    assert (found.code, found.path) == ("MLS203", ("serving", name))
