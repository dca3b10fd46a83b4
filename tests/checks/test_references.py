"""Every name that means a data set, a model or a service leads to one."""

from __future__ import annotations

import pytest

from mlspec.checks.references import check_references
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, span_text


def test_the_minimal_project_refers_to_what_is_there() -> None:
    assert problems(check_references) == []


def test_an_input_that_is_no_data_set() -> None:
    patch = "training: {grader: {inputs: [tdiy]}}"

    found = diagnosed(check_references, patch)

    assert found.code == "MLS201"
    assert found.message == "`tdiy` is not a data set"
    assert found.label == "no source and no output has this name"
    assert found.help == "did you mean `tidy`?"
    assert found_at(found, merged(PROJECT, patch)) == "tdiy"


def test_an_input_like_no_data_set_is_told_what_there_is() -> None:
    found = problem(check_references, "training: {grader: {inputs: [qqq]}}")

    assert found.help == "there is: tastings, tidy"


def test_an_input_where_there_are_no_data_sets_at_all() -> None:
    patch = "{data: null, transforms: null}"

    found = problem(check_references, patch)

    assert found.help == "add it under `data.sources`"


def test_an_input_of_an_evaluation_is_looked_up_too_and_said_once() -> None:
    patch = "training: {grader: {evaluate: {inputs: [tid]}}}"

    found = problem(check_references, patch)

    assert (found.code, found.path) == ("MLS201", ("training", "grader", "evaluate", "inputs", 0))


def test_an_evaluation_that_reads_what_its_training_does_repeats_no_mistake() -> None:
    assert len(problems(check_references, "training: {grader: {inputs: [tid]}}")) == 1


def test_a_step_where_a_data_set_belongs() -> None:
    patch = "training: {grader: {inputs: [clean]}}"

    found = diagnosed(check_references, patch)

    assert (found.code, found.message) == ("MLS210", "`clean` is a step, not a data set")
    assert found.help == "its outputs are: `tidy`"
    assert span_text(found.related[0].span, merged(PROJECT, patch)) == "clean"


def test_a_step_without_outputs_where_a_data_set_belongs() -> None:
    found = problem(
        check_references,
        "{transforms: {send: {run: a, inputs: [tidy], outputs: []}},"
        " training: {grader: {inputs: [send]}}}",
    )

    assert found.help == "it has no outputs"


def test_a_model_where_a_data_set_belongs() -> None:
    found = problem(check_references, "transforms: {clean: {inputs: [tastings, grader]}}")

    assert (found.code, found.path) == ("MLS210", ("transforms", "clean", "inputs", 1))
    assert found.message == "`grader` is a model, not a data set"
    assert found.related == (("the model is here", ("training", "grader")),)


def test_an_input_that_is_listed_twice() -> None:
    found = problem(check_references, "training: {grader: {inputs: [tidy, tidy]}}")

    assert (found.code, found.path) == ("MLS203", ("training", "grader", "inputs", 1))
    assert found.message == "`tidy` is listed twice"


def test_an_unknown_input_that_is_listed_twice_is_unknown_once() -> None:
    found = problems(check_references, "training: {grader: {inputs: [tid, tid]}}")

    assert [p.code for p in found] == ["MLS201", "MLS203"]


def test_expectations_of_what_is_no_input() -> None:
    patch = "training: {grader: {expects: {tidi: {a: int}}}}"

    found = diagnosed(check_references, patch)

    assert (found.code, found.message) == ("MLS201", "`tidi` is not an input of this step")
    assert found.help == "did you mean `tidy`?"
    assert found_at(found, merged(PROJECT, patch)) == "tidi"


def test_a_step_without_inputs_expects_nothing() -> None:
    found = problem(
        check_references,
        "transforms: {make: {run: a, inputs: [], outputs: [x], expects: {tidy: {a: int}}}}",
    )

    assert (found.code, found.help) == ("MLS201", "")


def test_a_service_of_no_model() -> None:
    patch = "serving: {api: {model: gradr}}"

    found = diagnosed(check_references, patch)

    assert (found.code, found.message) == ("MLS201", "`gradr` is not a model")
    assert found.help == "did you mean `grader`?"
    assert found_at(found, merged(PROJECT, patch)) == "gradr"


def test_a_service_where_nothing_is_trained() -> None:
    found = problem(check_references, "{training: null}")

    assert (found.code, found.help) == ("MLS201", "add it under `training`")


def test_a_data_set_where_a_model_belongs() -> None:
    found = problem(check_references, "serving: {api: {model: tidy}}")

    assert (found.code, found.message) == ("MLS210", "`tidy` is a data set, not a model")
    assert found.help == "there is: grader"
    [(said, place)] = found.related
    assert (said, place) == (
        "a data set of this name is here",
        ("transforms", "clean", "outputs", "tidy"),
    )


def test_registration_of_no_model() -> None:
    found = problem(check_references, "registry: {type: mlflow, models: {gradr: {}}}")

    assert (found.code, found.on_key) == ("MLS201", True)
    assert found.path == ("registry", "models", "gradr")


def test_registration_of_a_transform() -> None:
    found = problem(check_references, "registry: {type: mlflow, models: {clean: {}}}")

    assert (found.code, found.message) == ("MLS210", "`clean` is a transform, not a model")


def test_monitoring_of_no_service() -> None:
    patch = "monitoring: {apj: {slo: {}}}"

    found = diagnosed(check_references, patch)

    assert (found.code, found.message) == ("MLS201", "`apj` is not a service")
    assert found.help == "did you mean `api`?"
    assert found_at(found, merged(PROJECT, patch)) == "apj"


def test_monitoring_of_a_model_is_told_its_service() -> None:
    found = problem(check_references, "monitoring: {grader: {slo: {}}}")

    assert (found.code, found.message) == ("MLS210", "`grader` is a model, not a service")
    assert found.help == "there is: api"
    assert found.path == ("monitoring", "grader")


def test_a_source_that_nobody_reads() -> None:
    patch = "data: {sources: {spare: {type: s3, uri: s3://cellar/x, format: csv}}}"

    found = diagnosed(check_references, patch)

    assert (found.code, found.severity) == ("MLS204", "warning")
    assert found_at(found, merged(PROJECT, patch)) == "spare"


def test_a_source_that_only_an_evaluation_reads_is_read() -> None:
    patch = """
data: {sources: {spare: {type: s3, uri: s3://cellar/x, format: csv}}}
training: {grader: {evaluate: {inputs: [spare]}}}
"""

    assert problems(check_references, patch) == []


def test_a_misspelt_input_is_one_mistake_though_something_is_expected_of_it() -> None:
    patch = "training: {grader: {inputs: [tidyy], expects: {tidy: {a: int}}}}"

    found = problem(check_references, patch)

    assert found.path == ("training", "grader", "inputs", 0)


@pytest.mark.parametrize(
    ("patch", "written"),
    [
        pytest.param("training: {grader: {inputs: [tdiy]}}", "tidy", id="data-set"),
        pytest.param("training: {grader: {inputs: [clean]}}", "tidy", id="only-output-of-a-step"),
        pytest.param("serving: {api: {model: gradr}}", "grader", id="model"),
        pytest.param("monitoring: {apj: {slo: {}}}", "api", id="service"),
        pytest.param("training: {grader: {expects: {tidi: {a: int}}}}", "tidy", id="expectation"),
    ],
)
def test_the_near_name_is_offered_and_never_taken(patch: str, written: str) -> None:
    """Names are the user's own: what is near may be right, and is for a person to say."""
    found = diagnosed(check_references, patch)

    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == [written]
    assert not found.fix.is_safe
