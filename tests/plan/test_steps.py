"""The pipeline's steps follow from the data flow."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.plan.model import Input, Output, Param, Placeholder, Retry
from mlspec.plan.steps import needs
from tests.specs import command, pipeline, steps

SCHEMA = """
data: {sources: {tastings: {schema: {a: {type: float, min: 0, description: x}, b: int}}}}
transforms: {clean: {outputs: {tidy: {schema: {a: {type: int, enum: [0, 1], nullable: true}}}}}}
"""
REGISTRY = """
training: {grader: {params: {trees: 200, fast: true}}}
registry:
  type: mlflow
  models: {grader: {gates: {f1: {min: 0.5, no_worse_than: champion, better: lower}}, alias: new}}
"""


def test_the_steps_of_the_minimal_project() -> None:
    assert list(steps()) == ["ingest-tastings", "clean", "grader", "evaluate-grader"]


def test_all_the_steps_there_are() -> None:
    assert list(steps(SCHEMA + REGISTRY)) == [
        "ingest-tastings",
        "check-tastings",
        "clean",
        "check-tidy",
        "grader",
        "evaluate-grader",
        "gate-grader",
        "register-grader",
    ]


def test_a_step_reads_what_others_write() -> None:
    found = steps()

    assert found["clean"].inputs == (
        Input(name="tastings", step="ingest-tastings", output="tastings"),
    )
    assert found["grader"].inputs == (Input(name="tidy", step="clean", output="tidy"),)
    assert found["evaluate-grader"].inputs == (
        Input(name="tidy", step="clean", output="tidy"),
        Input(name="model", step="grader", output="model"),
    )


def test_a_step_writes_data_a_model_or_metrics() -> None:
    found = steps("transforms: {clean: {outputs: {tidy: {format: csv}}}}")

    assert found["clean"].outputs == (Output(name="tidy", kind="dataset", format="csv"),)
    assert found["grader"].outputs == (Output(name="model", kind="model"),)
    assert found["evaluate-grader"].outputs == (Output(name="metrics", kind="metrics"),)


def test_commands_keep_their_words_and_placeholders() -> None:
    found = steps("training: {grader: {run: 'a --x=${{ inputs.tidy }}.b ${{ outputs.model }}'}}")

    assert found["grader"].argv == (
        ("a",),
        ("--x=", Placeholder(kind="input", name="tidy"), ".b"),
        (Placeholder(kind="output", name="model"),),
    )
    assert command(steps()["evaluate-grader"])[-1] == "<metrics>"


def test_steps_come_after_what_they_need_in_whatever_order_they_are_written() -> None:
    patch = """
transforms:
  clean: null
  z-last: {run: a, inputs: [rich], outputs: []}
  b-rich: {run: a, inputs: [tidy], outputs: [rich]}
  a-clean: {run: a, inputs: [tastings], outputs: [tidy]}
"""
    assert list(steps(patch)) == [
        "ingest-tastings",
        "a-clean",
        "b-rich",
        "z-last",
        "grader",
        "evaluate-grader",
    ]


def test_the_author_s_order_stays_where_the_data_leaves_a_choice() -> None:
    patch = """
transforms:
  z: {run: a, inputs: [tastings], outputs: []}
  y: {run: a, inputs: [tastings], outputs: []}
"""
    assert list(steps(patch)) == ["ingest-tastings", "clean", "z", "y", "grader", "evaluate-grader"]


@settings(max_examples=25)
@given(st.permutations(range(6)), st.lists(st.integers(0, 63), min_size=6, max_size=6))
def test_every_step_comes_after_what_it_needs(order: list[int], edges: list[int]) -> None:
    """Steps s0 to s5, each of which reads of the outputs of those before it what its bits say."""
    written = "".join(
        f"  s{n}: {{run: a, outputs: {{d{n}: {{schema: {{a: int}}}}}}, inputs: "
        f"[{', '.join(f'd{m}' for m in range(n) if edges[n] >> m & 1)}]}}\n"
        for n in order
    )

    found = pipeline(f"transforms:\n{written}").steps

    done: set[str] = set()
    for step in found:
        assert needs(step) <= done
        done.add(step.name)
    assert len(done) == len(found)


def test_a_check_comes_between_a_writer_and_all_its_readers() -> None:
    found = steps(SCHEMA)

    assert found["check-tastings"].inputs[0].step == "ingest-tastings"
    assert found["clean"].after == ("check-tastings",)
    assert found["grader"].after == found["evaluate-grader"].after == ("check-tidy",)


def test_a_check_gets_the_schema_as_it_is_asked_for_and_no_more() -> None:
    check = command(steps(SCHEMA)["check-tastings"])
    output = command(steps(SCHEMA)["check-tidy"])

    assert check[:8] == [
        *("python", "-m", "mlspec.runtime", "check"),
        *("--data", "<input tastings>", "--format", "csv"),
    ]
    assert json.loads(check[9]) == {"a": {"type": "float", "min": 0}, "b": {"type": "int"}}
    assert json.loads(output[9]) == {"a": {"type": "int", "enum": [0, 1], "nullable": True}}


def test_a_gate_gets_the_bounds_and_the_metrics() -> None:
    gate = steps(REGISTRY)["gate-grader"]

    assert gate.inputs == (Input(name="metrics", step="evaluate-grader", output="metrics"),)
    assert command(gate)[3:9] == [
        *("gate", "--metrics", "<input metrics>"),
        *("--model", "wine-quality.dev.grader", "--gates"),
    ]
    assert json.loads(command(gate)[9]) == {
        "f1": {"min": 0.5, "no_worse_than": "champion", "direction": "lower"}
    }


def test_registration_gets_model_metrics_and_parameters() -> None:
    register = steps(REGISTRY)["register-grader"]

    assert register.after == ("gate-grader",)
    words = command(register)
    assert words[3:12] == [
        *("register", "--model", "<input model>", "--metrics", "<input metrics>"),
        *("--name", "wine-quality.dev.grader", "--alias", "new"),
    ]
    assert words[-4:] == ["--param", "fast=<param fast>", "--param", "trees=<param trees>"]
    assert [p.name for p in register.params] == ["trees", "fast"]


def test_registration_is_told_of_the_gates_to_write_them_down() -> None:
    found = steps(REGISTRY)
    gate, register = (command(found[name]) for name in ("gate-grader", "register-grader"))

    gates = gate[gate.index("--gates") + 1]
    assert register[register.index("--gates") + 1] == gates
    assert "f1" in gates


def test_environments_register_under_names_of_their_own() -> None:
    assert "wine-quality.dev.grader" in command(steps(REGISTRY)["register-grader"])
    local = steps(REGISTRY, on="environments: {stage: {}}", environment="stage")
    assert "wine-quality.stage.grader" in command(local["register-grader"])


def test_a_model_without_gates_is_registered_at_once() -> None:
    patch = "registry: {type: mlflow, models: {grader: {}}}"

    assert "gate-grader" not in steps(patch)
    assert steps(patch)["register-grader"].after == ()


def test_a_model_that_nothing_measures_is_registered_without_metrics() -> None:
    patch = "{training: {grader: {evaluate: null}}, registry: {type: mlflow, models: {grader: {}}}}"
    register = steps(patch)["register-grader"]

    assert [i.name for i in register.inputs] == ["model"]
    assert "--metrics" not in command(register)


def test_parameters_are_text_and_have_a_name_in_the_whole_pipeline() -> None:
    found = steps("training: {grader: {params: {trees: 200, rate: 0.1, fast: true, kind: a}}}")

    assert found["grader"].params == (
        Param(name="trees", value="200", pipeline_name="grader-trees"),
        Param(name="rate", value="0.1", pipeline_name="grader-rate"),
        Param(name="fast", value="true", pipeline_name="grader-fast"),
        Param(name="kind", value="a", pipeline_name="grader-kind"),
    )


@pytest.mark.parametrize(
    ("patch", "retry"),
    [
        pytest.param("", None, id="never"),
        pytest.param("pipeline: {retries: 3}", Retry(limit=3), id="the-pipeline-s"),
        pytest.param(
            "{pipeline: {retries: 3}, training: {grader: {retries: 1}}}", Retry(limit=1), id="own"
        ),
        pytest.param("{pipeline: {retries: 3}, training: {grader: {retries: 0}}}", None, id="off"),
        pytest.param(
            "{pipeline: {retries: 3}, training: {grader: {retries: {limit: 0}}}}",
            None,
            id="limit-0",
        ),
        pytest.param(
            "training: {grader: {retries: {limit: 2, backoff: 1m, factor: 3, max: 1h}}}",
            Retry(limit=2, backoff_seconds=60, factor=3, max_seconds=3600),
            id="in-detail",
        ),
    ],
)
def test_retries_are_the_step_s_own_or_the_pipeline_s(patch: str, retry: Retry | None) -> None:
    assert steps(patch)["grader"].retry == retry


def test_timeouts_are_the_step_s_own_or_the_pipeline_s() -> None:
    found = steps("{pipeline: {timeout: 2h}, training: {grader: {timeout: 90s}}}")

    assert found["grader"].timeout_seconds == 90
    assert found["clean"].timeout_seconds == 7200


def test_an_evaluation_runs_in_its_training_s_image_unless_it_has_one() -> None:
    trained = steps("training: {grader: {image: a:1}}")
    own = steps("training: {grader: {image: a:1, evaluate: {image: b:1}}}")

    assert [trained[n].image for n in ("clean", "grader", "evaluate-grader")] == [
        "ghcr.io/acme/wine:1.4.0",
        "a:1",
        "a:1",
    ]
    assert own["evaluate-grader"].image == "b:1"


def test_only_transforms_are_taken_over_from_earlier_runs() -> None:
    found = steps("transforms: {clean: {cache: true}}")

    assert [name for name, step in found.items() if step.cacheable] == ["clean"]


def test_environment_variables_are_the_step_s() -> None:
    found = steps("training: {grader: {env: {OMP_NUM_THREADS: '4'}}}")

    assert found["grader"].env == {"OMP_NUM_THREADS": "4"}
    assert found["clean"].env == {}


def test_a_step_without_inputs_needs_nothing() -> None:
    found = steps("transforms: {make: {run: a, inputs: [], outputs: [x]}}")

    assert needs(found["make"]) == set()


def test_a_source_may_have_the_name_of_a_step() -> None:
    patch = """
data: {sources: {tastings: null, clean: {type: s3, uri: s3://cellar/x, format: csv}}}
transforms: {clean: {run: a, inputs: [clean]}}
"""
    found = steps(patch)

    assert found["clean"].inputs == (Input(name="clean", step="ingest-clean", output="clean"),)
