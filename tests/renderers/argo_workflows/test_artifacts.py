"""Where outputs are kept between steps, and how long."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mlspec.plan.model import ArtifactStore, Credentials, GcsLocation, Output, S3Location
from tests.plans import wine_plan

from .cases import CASES, body, platform_plan, step_plan, workflow_spec


def repository(artifacts: ArtifactStore) -> dict[str, Any]:
    plan = platform_plan(wine_plan(), artifacts=artifacts)
    (text,) = body(plan, "ConfigMap")["data"].values()
    return dict(yaml.safe_load(text))


@pytest.mark.parametrize("case", CASES)
def test_the_workflow_finds_its_repository(case: str) -> None:
    config_map = body(CASES[case], "ConfigMap")
    name = config_map["metadata"]["name"]
    assert workflow_spec(CASES[case])["artifactRepositoryRef"] == {"configMap": name}
    annotations = config_map["metadata"]["annotations"]
    default = annotations["workflows.argoproj.io/default-artifact-repository"]
    assert list(config_map["data"]) == [default]


def test_every_attempt_of_every_run_has_its_own_place_under_the_projects_prefix() -> None:
    assert repository(wine_plan().platform.artifacts) == {
        "archiveLogs": True,
        "s3": {
            "endpoint": "minio.minio.svc:9000",
            "bucket": "mlspec-artifacts",
            "keyFormat": "wine-quality/prod/{{workflow.name}}/{{pod.name}}",
            "insecure": True,
            "accessKeySecret": {"name": "mlspec-artifacts", "key": "AWS_ACCESS_KEY_ID"},
            "secretKeySecret": {"name": "mlspec-artifacts", "key": "AWS_SECRET_ACCESS_KEY"},
        },
    }


def test_a_cloud_identity_needs_no_secret() -> None:
    location = S3Location(bucket="b", key="p", endpoint="s3.amazonaws.com", region="eu-west-1")
    found = repository(
        ArtifactStore(location=location, credentials=Credentials(keys={}, workload_identity="r"))
    )["s3"]
    assert found["useSDKCreds"] is True
    assert not any(field.endswith("Secret") for field in found)


@pytest.mark.parametrize("prefix", ["p", "p/", "/p/"])
def test_the_prefix_is_joined_by_one_slash(prefix: str) -> None:
    found = repository(ArtifactStore(location=GcsLocation(bucket="b", key=prefix)))
    expected = {"bucket": "b", "keyFormat": "p/{{workflow.name}}/{{pod.name}}"}
    assert found == {"archiveLogs": True, "gcs": expected}


def test_no_prefix_means_the_top() -> None:
    (text,) = body(CASES["artifacts-azure-keyless"], "ConfigMap")["data"].values()
    assert yaml.safe_load(text)["azure"] == {
        "endpoint": "https://mlspec.blob.core.windows.net",
        "container": "artifacts",
        "blobNameFormat": "{{workflow.name}}/{{pod.name}}",
        "useSDKCreds": True,
    }


def test_artifacts_pods_and_workflows_are_cleaned_up() -> None:
    spec = workflow_spec(wine_plan())
    collection = spec["artifactGC"]
    assert collection["strategy"] == "OnWorkflowDeletion"
    # Its pods run as an identity of their own: the executor's may not read deletion tasks.
    assert collection["serviceAccountName"] == "wine-quality-artifact-gc"
    assert collection["serviceAccountName"] != spec["executor"]["serviceAccountName"]
    assert collection["forceFinalizerRemoval"] is True
    assert spec["podGC"] == {"strategy": "OnPodCompletion", "deleteDelayDuration": "1h"}
    assert spec["ttlStrategy"] == {"secondsAfterSuccess": 259200, "secondsAfterFailure": 604800}


def test_a_published_output_stays_at_its_place_as_plain_files() -> None:
    output = Output(name="published", kind="model", publish="models/wine-grader/challenger")
    spec = workflow_spec(step_plan("register-wine-grader", outputs=(output,)))
    (template,) = (t for t in spec["templates"] if t["name"] == "register-wine-grader")
    (artifact,) = template["outputs"]["artifacts"]
    assert artifact["artifactGC"] == {"strategy": "Never"}
    assert artifact["archive"] == {"none": {}}
    assert artifact["s3"]["bucket"] == "mlspec-artifacts"
    assert artifact["s3"]["key"] == "wine-quality/prod/models/wine-grader/challenger"
