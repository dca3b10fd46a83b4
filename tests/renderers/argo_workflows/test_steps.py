"""What a step's container is given: its command, environment, volumes, time and attempts."""

from __future__ import annotations

import pytest

from mlspec.plan.model import Output, Placeholder, Resources, Retry, SecretEnv
from tests.plans import wine_pipeline, wine_plan, wine_steps

from .cases import (
    CASES,
    environment,
    named,
    pipeline_plan,
    platform_plan,
    step_plan,
    template,
    workflow_spec,
)


def test_the_command_is_the_plans_with_paths_and_variables_in_place_of_placeholders() -> None:
    container = template(wine_plan(), "wine-grader")["container"]
    assert container["command"] == ["python"]
    assert container["args"] == [
        "-m",
        "wine.train",
        "--data",
        "/mlspec/inputs/tidy",
        "--model",
        "/mlspec/outputs/model",
        "--trees",
        "{{inputs.parameters.trees}}",
    ]


def test_the_parts_of_a_word_stay_one_word() -> None:
    assert "--out=/mlspec/outputs/tidy" in template(wine_plan(), "clean")["container"]["args"]


def test_a_program_without_arguments_has_none() -> None:
    container = template(step_plan("clean", argv=(("run",),)), "clean")["container"]
    assert container["command"] == ["run"]
    assert "args" not in container


def test_the_contract_is_in_the_environment() -> None:
    assert environment(wine_plan(), "evaluate-wine-grader") == {
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "MLSPEC_RUN": "{{workflow.name}}",
        "MLSPEC_INPUT_TIDY": "/mlspec/inputs/tidy",
        "MLSPEC_INPUT_MODEL": "/mlspec/inputs/model",
        "MLSPEC_OUTPUT_METRICS": "/mlspec/outputs/metrics",
        "MLSPEC_METRICS": "/mlspec/outputs/metrics",
        **wine_pipeline().env,
    }


def test_variables_are_in_capitals_with_underscores() -> None:
    outputs = (Output(name="tidy-data", kind="dataset"),)
    plan = step_plan("clean", outputs=outputs, argv=(("run",),))
    assert environment(plan, "clean")["MLSPEC_OUTPUT_TIDY_DATA"] == "/mlspec/outputs/tidy-data"


def test_the_metrics_file_may_have_any_name() -> None:
    argv = (("run",), (Placeholder(kind="metrics"),))
    outputs = (Output(name="scores", kind="metrics"),)
    plan = step_plan("evaluate-wine-grader", argv=argv, outputs=outputs)
    container = template(plan, "evaluate-wine-grader")["container"]
    assert container["args"] == ["/mlspec/outputs/scores"]
    assert environment(plan, "evaluate-wine-grader")["MLSPEC_METRICS"] == container["args"][0]


def test_a_metrics_path_without_a_metrics_file_is_an_error_not_an_empty_word() -> None:
    plan = step_plan("clean", argv=(("run",), (Placeholder(kind="metrics"),)))
    with pytest.raises(ValueError, match="step clean: expected an output of kind metrics"):
        workflow_spec(plan)


def test_the_step_overrides_the_pipeline_and_a_secret_overrides_both() -> None:
    plan = step_plan(
        "clean",
        env={"MLSPEC_PROJECT": "other", "TOKEN": "none"},
        secrets=(SecretEnv(name="TOKEN", secret="hub", key="token"),),
    )
    found = environment(plan, "clean")
    assert found["MLSPEC_PROJECT"] == "other"
    assert found["TOKEN"] == {"secretKeyRef": {"name": "hub", "key": "token"}}
    names = [one["name"] for one in template(plan, "clean")["container"]["env"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES)
def test_every_path_that_is_written_stands_on_a_volume_that_exists(case: str) -> None:
    spec = workflow_spec(CASES[case])
    volumes = {volume["name"] for volume in spec["volumes"]}
    assert all(volume["emptyDir"]["sizeLimit"] for volume in spec["volumes"])
    for one in spec["templates"][1:]:
        mounts = {m["mountPath"]: m["name"] for m in one["container"]["volumeMounts"]}
        assert set(mounts.values()) <= volumes
        assert "/tmp" in mounts
        assert ("/mlspec/outputs" in mounts) == ("outputs" in one)
        # An input below a mounted volume would be loaded into it; none is.
        inputs = one.get("inputs", {}).get("artifacts", [])
        assert not any(i["path"].startswith(path) for i in inputs for path in mounts)


def test_a_gpu_is_a_limit_and_a_taint_to_tolerate() -> None:
    found = template(wine_plan(), "wine-grader")
    assert found["container"]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert found["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert "tolerations" not in template(wine_plan(), "clean")
    plain = step_plan("wine-grader", resources=Resources(cpu="1", memory="1Gi"))
    assert "tolerations" not in template(plain, "wine-grader")


def test_deadlines_of_the_run_and_of_a_step() -> None:
    assert workflow_spec(wine_plan())["activeDeadlineSeconds"] == 7200
    assert template(wine_plan(), "clean")["activeDeadlineSeconds"] == "1800"
    assert "activeDeadlineSeconds" not in template(wine_plan(), "wine-grader")
    # Argo 4 refuses one on the graph.
    assert "activeDeadlineSeconds" not in template(wine_plan(), "main")


def test_a_failed_attempt_is_repeated_with_growing_waits_that_are_capped() -> None:
    retry = Retry(limit=3, backoff_seconds=10, factor=3, max_seconds=90)
    assert template(step_plan("clean", retry=retry), "clean")["retryStrategy"] == {
        "limit": "3",
        "retryPolicy": "Always",
        "backoff": {"duration": "10s", "factor": "3", "cap": "90s"},
    }


def test_argo_3_6_knows_no_cap() -> None:
    plan = platform_plan(wine_plan(), argo_workflows_version="3.6")
    backoff = template(plan, "clean")["retryStrategy"]["backoff"]
    assert backoff == {"duration": "30s", "factor": "2"}


@pytest.mark.parametrize("retry", [None, Retry(limit=0)], ids=["none", "zero"])
def test_without_retries_there_is_no_strategy(retry: Retry | None) -> None:
    assert "retryStrategy" not in template(step_plan("clean", retry=retry), "clean")


@pytest.mark.parametrize("step", [step.name for step in wine_steps()])
def test_only_a_verdict_is_final(step: str) -> None:
    """A check or gate that says no (1) or was asked wrongly (2) is not asked again."""
    found = template(wine_plan(), step)["retryStrategy"].get("expression")
    is_verdict = named(wine_plan(), step).kind in ("check", "gate")
    assert found == ("asInt(lastRetry.exitCode) not in [1, 2]" if is_verdict else None)


def test_the_handler_is_told_how_the_run_ended() -> None:
    spec = workflow_spec(wine_plan())
    handler = template(wine_plan(), spec["onExit"])
    assert handler["container"]["args"][2:] == [
        "report",
        "--status",
        "{{workflow.status}}",
        "--failures",
        "{{workflow.failures}}",
    ]
    assert environment(wine_plan(), "report")["MLSPEC_RUN"] == "{{workflow.name}}"
    # Known to exit handlers alone: Argo refuses a template that uses it elsewhere.
    others = [one for one in spec["templates"] if one["name"] != spec["onExit"]]
    assert "workflow.failures" not in str(others)


def test_the_handler_can_be_repeated_and_stopped_too() -> None:
    on_exit = wine_pipeline().on_exit.replace(retry=Retry(limit=1), timeout_seconds=60)
    handler = template(pipeline_plan(on_exit=on_exit), "report")
    assert handler["retryStrategy"]["limit"] == "1"
    assert handler["activeDeadlineSeconds"] == "60"
