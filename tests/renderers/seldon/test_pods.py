"""The pods that Seldon makes: who they are, what they may, how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlspec.manifests.labels import selector_labels

from . import operator_names as operator
from .cases import (
    CASES,
    bodies,
    component_of,
    container_of,
    deployment_of,
    only_predictor,
    predictors_of,
)

if TYPE_CHECKING:
    from mlspec.plan.model import Plan

every_case = pytest.mark.parametrize("plan", CASES.values(), ids=CASES.keys())


def pod_of(predictor: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = component_of(predictor)["spec"]
    return pod


@every_case
def test_pods_carry_what_policies_and_monitors_select_by(plan: Plan) -> None:
    service = plan.services[0]
    selector = selector_labels(plan, name=service.name, component="model-server")
    for name, predictor in predictors_of(plan).items():
        labels = component_of(predictor)["metadata"]["labels"]
        assert labels == {**selector, "mlspec.io/predictor": name}


@every_case
def test_container_is_restricted_by_itself(plan: Plan) -> None:
    """Pod level settings would be lost: the operator overwrites them."""
    for predictor in predictors_of(plan).values():
        assert "securityContext" not in pod_of(predictor)
        context = container_of(predictor)["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["runAsNonRoot"] is True
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"runAsUser", "runAsGroup"} & context.keys()


@every_case
def test_all_containers_have_requests_and_equal_limits(plan: Plan) -> None:
    for predictor in predictors_of(plan).values():
        for resources in (
            container_of(predictor)["resources"],
            predictor["svcOrchSpec"]["resources"],
        ):
            assert {"cpu", "memory"} <= resources["requests"].keys()
            assert resources["requests"] == resources["limits"]


def test_gpu_is_requested_by_the_model_alone() -> None:
    predictor = only_predictor(CASES["gpu"])
    assert container_of(predictor)["resources"]["limits"] == {
        "cpu": "2",
        "memory": "8Gi",
        "nvidia.com/gpu": "1",
    }
    assert "nvidia.com/gpu" not in predictor["svcOrchSpec"]["resources"]["limits"]


@every_case
def test_container_is_the_node_of_the_graph(plan: Plan) -> None:
    for predictor in predictors_of(plan).values():
        assert container_of(predictor)["name"] == predictor["graph"]["name"]


def test_account_has_no_token_unless_it_calls_the_api() -> None:
    for case, token in (("canary", False), ("watching", True)):
        for predictor in predictors_of(CASES[case]).values():
            assert pod_of(predictor)["serviceAccountName"] == "wine-api"
            assert pod_of(predictor)["automountServiceAccountToken"] is token


def test_fixed_number_of_replicas_has_no_autoscaler() -> None:
    for case, replicas in (("fixed", 1), ("fixed-three", 3)):
        predictor = only_predictor(CASES[case])
        assert predictor["replicas"] == replicas
        assert "hpaSpec" not in component_of(predictor)


def test_autoscaled_replicas_are_the_autoscalers_alone() -> None:
    predictor = only_predictor(CASES["autoscaled"])
    assert "replicas" not in predictor
    hpa = component_of(predictor)["hpaSpec"]
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (1, 4)
    targets = {m["resource"]["name"]: m["resource"]["target"] for m in hpa["metricsv2"]}
    assert targets == {
        "cpu": {"type": "Utilization", "averageUtilization": 70},
        "memory": {"type": "Utilization", "averageUtilization": 80},
    }


def test_autoscaler_without_a_target_leaves_it_to_kubernetes() -> None:
    hpa = component_of(only_predictor(CASES["no-target"]))["hpaSpec"]
    assert hpa == {"minReplicas": 1, "maxReplicas": 2}


def test_pods_are_spread_where_there_may_be_several() -> None:
    predictors = predictors_of(CASES["canary"])
    spread = pod_of(predictors["champion"])["topologySpreadConstraints"]
    labels = component_of(predictors["champion"])["metadata"]["labels"]
    assert [c["topologyKey"].rpartition("/")[2] for c in spread] == ["zone", "hostname"]
    assert all(c["labelSelector"] == {"matchLabels": labels} for c in spread)
    assert "topologySpreadConstraints" not in pod_of(predictors["challenger"])


def budgets_of(plan: Plan) -> dict[str, Any]:
    found = [body for body in bodies(plan) if body["kind"] == "PodDisruptionBudget"]
    return {body["metadata"]["name"]: body["spec"] for body in found}


@pytest.mark.parametrize(
    ("case", "names"),
    [
        pytest.param("canary", ["wine-api-champion"], id="not-for-one-replica"),
        pytest.param("shadow", ["wine-api-champion"], id="not-for-a-shadow"),
        pytest.param("ab", [], id="single-replicas"),
        pytest.param("autoscaled", [], id="minimum-of-one"),
        pytest.param("fixed-three", ["wine-api-champion"], id="fixed"),
    ],
)
def test_budgets(case: str, names: list[str]) -> None:
    assert list(budgets_of(CASES[case])) == names


def test_a_budget_covers_exactly_one_predictor() -> None:
    plan = CASES["canary"]
    (budget,) = budgets_of(plan).values()
    selector = budget["selector"]["matchLabels"].items()
    covered = [
        name
        for name, predictor in predictors_of(plan).items()
        if selector <= component_of(predictor)["metadata"]["labels"].items()
    ]
    assert covered == ["champion"]
    assert budget["maxUnavailable"] == 1


@every_case
def test_budgets_are_out_of_the_operators_reach(plan: Plan) -> None:
    """It deletes a budget that is named like a Deployment and that it did not make."""
    assert not budgets_of(plan).keys() & set(operator.deployments(deployment_of(plan)))
    for predictor in predictors_of(plan).values():
        assert "pdbSpec" not in component_of(predictor)
