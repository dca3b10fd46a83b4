"""The graph is derived from what steps read and wait for."""

from __future__ import annotations

import pytest

from tests.plans import wine_plan, wine_steps

from .cases import bodies, pipeline_plan, step_plan, task, template, workflow_spec


def test_a_step_waits_for_those_it_reads_and_then_for_those_it_follows() -> None:
    plan = wine_plan()
    assert "dependencies" not in task(plan, "ingest-tastings")
    assert task(plan, "clean")["dependencies"] == ["ingest-tastings", "check-tastings"]
    assert task(plan, "register-wine-grader")["dependencies"] == [
        "wine-grader",
        "evaluate-wine-grader",
        "gate-wine-grader",
    ]


def test_a_step_is_waited_for_once_however_much_is_read_of_it() -> None:
    plan = step_plan("check-tastings", after=("ingest-tastings",))
    assert task(plan, "check-tastings")["dependencies"] == ["ingest-tastings"]


def test_every_artifact_that_is_passed_is_written_by_one_step_and_taken_by_the_other() -> None:
    plan = wine_plan()
    passed = 0
    for step in wine_steps():
        arguments = task(plan, step.name).get("arguments", {}).get("artifacts", [])
        taken = template(plan, step.name).get("inputs", {}).get("artifacts", [])
        own = [item["name"] for item in taken if "path" in item and "s3" not in item]
        assert [item["name"] for item in arguments] == own
        for argument in arguments:
            _, source, _, _, name = argument["from"].strip("{}").split(".")
            written = template(plan, source)["outputs"]["artifacts"]
            assert name in [item["name"] for item in written]
            passed += 1
    assert passed == 8


def test_a_parameter_of_several_steps_is_asked_for_once_and_as_text() -> None:
    plan = wine_plan()
    assert workflow_spec(plan)["arguments"] == {
        "parameters": [{"name": "wine-grader-trees", "value": "200"}]
    }
    for name in ("wine-grader", "register-wine-grader"):
        assert task(plan, name)["arguments"]["parameters"] == [
            {"name": "trees", "value": "{{workflow.parameters.wine-grader-trees}}"}
        ]
        assert template(plan, name)["inputs"]["parameters"] == [{"name": "trees"}]


def test_small_values_are_parameters_and_data_are_artifacts() -> None:
    outputs = template(wine_plan(), "ingest-tastings")["outputs"]
    assert outputs == {
        "parameters": [{"name": "timestamp", "valueFrom": {"path": "/mlspec/outputs/timestamp"}}],
        "artifacts": [{"name": "tastings", "path": "/mlspec/outputs/tastings"}],
    }


@pytest.mark.parametrize("taken", ["main", "report"], ids=["like-the-graph", "like-the-handler"])
def test_a_step_may_be_called_what_we_call_our_own_templates(taken: str) -> None:
    steps = (wine_steps()[0].replace(name=taken),)
    spec = workflow_spec(pipeline_plan(steps=steps))
    names = [one["name"] for one in spec["templates"]]
    assert len(names) == len(set(names)) == 3
    assert spec["entrypoint"] == names[0]
    assert spec["onExit"] == names[-1]
    assert names[1] == taken


def test_a_task_never_begins_with_a_digit_which_argo_4_refuses() -> None:
    ingest, check, *_ = wine_steps()
    read = check.inputs[0].replace(step="1st")
    steps = (ingest.replace(name="1st"), check.replace(name="2nd", inputs=(read,)))
    plan = pipeline_plan(steps=steps)
    assert task(plan, "2nd") == {
        "name": "T-2nd",
        "template": "2nd",
        "dependencies": ["T-1st"],
        "arguments": {
            "artifacts": [
                {"name": "tastings", "from": "{{tasks.T-1st.outputs.artifacts.tastings}}"}
            ]
        },
    }


def test_the_schedule_starts_the_template_and_holds_nothing_of_it() -> None:
    _, template_, cron = bodies(wine_plan())
    assert cron["spec"]["workflowSpec"] == {
        "workflowTemplateRef": {"name": template_["metadata"]["name"]}
    }
