"""Which server answers, how Kubernetes asks it how it is, and what it may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cases import (
    CASES,
    FRAMEWORKS,
    component_of,
    container_of,
    deployment_of,
    only_predictor,
    predictors_of,
)

if TYPE_CHECKING:
    from mlspec.plan.model import Plan


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_is_an_mlflow_folder(framework: str) -> None:
    plan = CASES[f"framework-{framework}"]
    implementations = {p["graph"]["implementation"] for p in predictors_of(plan).values()}
    assert implementations == {"MLFLOW_SERVER"}
    assert deployment_of(plan) == deployment_of(CASES["canary"])


@pytest.mark.parametrize(
    ("protocol", "implementation", "ready", "live"),
    [
        ("v2", "MLFLOW_SERVER", "/v2/health/ready", "/v2/health/live"),
        ("seldon", "MLFLOW_SERVER", "/health/ping", "/health/ping"),
        (
            "tensorflow",
            "TENSORFLOW_SERVER",
            "/v1/models/wine-grader",
            "/v1/models/wine-grader",
        ),
    ],
)
def test_protocol(protocol: str, implementation: str, ready: str, live: str) -> None:
    plan = CASES[f"protocol-{protocol}"]
    assert deployment_of(plan)["spec"]["protocol"] == protocol
    predictor = only_predictor(plan)
    assert predictor["graph"]["implementation"] == implementation
    container = container_of(predictor)
    assert container["readinessProbe"]["httpGet"] == {"path": ready, "port": "http"}
    assert container["startupProbe"]["httpGet"] == {"path": ready, "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": live, "port": "http"}


@pytest.mark.parametrize("plan", CASES.values(), ids=CASES.keys())
def test_a_slow_start_is_waited_for(plan: Plan) -> None:
    for predictor in predictors_of(plan).values():
        startup = container_of(predictor)["startupProbe"]
        patience = startup["periodSeconds"] * startup["failureThreshold"]
        assert patience >= 600
        assert predictor["progressDeadlineSeconds"] > patience


def test_mlserver_writes_to_tmp_alone() -> None:
    predictor = only_predictor(CASES["protocol-v2"])
    container = container_of(predictor)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    env = {e["name"]: e["value"] for e in container["env"]}
    assert {"HOME", "MLSERVER_ENVIRONMENTS_DIR", "MLSERVER_METRICS_DIR"} <= env.keys()
    (mount,) = container["volumeMounts"]
    assert all(f"{path}/".startswith(f"{mount['mountPath']}/") for path in env.values())
    (volume,) = component_of(predictor)["spec"]["volumes"]
    assert volume["name"] == mount["name"]
    assert volume["emptyDir"]["sizeLimit"]


def test_the_old_mlflow_server_builds_its_environment_into_its_image() -> None:
    container = container_of(only_predictor(CASES["protocol-seldon"]))
    assert container["securityContext"]["readOnlyRootFilesystem"] is False
    assert "env" not in container


@pytest.mark.parametrize("plan", CASES.values(), ids=CASES.keys())
def test_the_operator_fills_in_the_rest(plan: Plan) -> None:
    """Ports it overwrites, images are its configuration's."""
    for predictor in predictors_of(plan).values():
        assert not {"image", "ports", "args", "command"} & container_of(predictor).keys()
