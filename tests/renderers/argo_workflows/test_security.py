"""The restricted Pod Security Standard, for our containers and for those that Argo adds."""

from __future__ import annotations

import pytest
import yaml

from mlspec.manifests.pods import container_security_context, pod_security_context
from tests.plans import wine_plan

from .cases import CASES, workflow_spec


@pytest.mark.parametrize("case", CASES)
def test_every_container_is_restricted_and_bounded(case: str) -> None:
    spec = workflow_spec(CASES[case])
    assert spec["securityContext"] == pod_security_context()
    for template in spec["templates"][1:]:
        container = template["container"]
        assert container["securityContext"] == container_security_context()
        assert container["resources"]["requests"] == container["resources"]["limits"]


def test_argos_own_containers_are_restricted_and_bounded_too() -> None:
    patch = yaml.safe_load(workflow_spec(wine_plan())["podSpecPatch"])
    assert set(patch) == {"initContainers", "containers"}
    found = patch["initContainers"] + patch["containers"]
    assert [container["name"] for container in found] == ["init", "wait"]
    for container in found:
        assert container["securityContext"] == container_security_context()
        assert container["resources"]["requests"] == container["resources"]["limits"]


def test_the_program_gets_no_token_and_the_executor_gets_its_own() -> None:
    spec = workflow_spec(wine_plan())
    assert spec["serviceAccountName"] == "wine-quality-pipeline"
    assert spec["automountServiceAccountToken"] is False
    assert spec["executor"] == {"serviceAccountName": "wine-quality-executor"}


def test_the_pods_are_those_that_network_rules_select() -> None:
    spec = workflow_spec(wine_plan())
    for labels in (spec["podMetadata"]["labels"], spec["artifactGC"]["podMetadata"]["labels"]):
        assert labels["app.kubernetes.io/name"] == "wine-quality"
        assert labels["app.kubernetes.io/component"] == "pipeline"
    assert spec["workflowMetadata"] == {"labels": spec["podMetadata"]["labels"]}
