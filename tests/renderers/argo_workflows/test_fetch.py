"""Data that Argo's artifact drivers bring, each with its own spelling and its own traps."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from mlspec.renderers.argo_workflows.locations import source

from mlspec.plan.model import Fetch, GcsLocation, HdfsLocation, S3Location
from tests.plans import wine_plan
from tests.specs import plan as plan_of

from .cases import CASES, FETCHES, environment, fetch_plan, template, workflow_spec

EXPECTED: dict[str, dict[str, Any]] = {
    "s3-keyless": {
        "s3": {
            "endpoint": "s3.amazonaws.com",
            "bucket": "cellar",
            "key": "tastings.tgz",
            "useSDKCreds": True,
        }
    },
    "gcs": {
        "gcs": {
            "bucket": "cellar",
            "key": "tastings/",
            "serviceAccountKeySecret": {"name": "cellar", "key": "key.json"},
        }
    },
    "azure": {
        "azure": {
            "endpoint": "https://cellar.blob.core.windows.net",
            "container": "raw",
            "blob": "tastings/",
            "accountKeySecret": {"name": "cellar", "key": "key"},
        }
    },
    "azure-keyless": {
        "azure": {
            "endpoint": "https://cellar.blob.core.windows.net",
            "container": "raw",
            "blob": "tastings/",
            "useSDKCreds": True,
        }
    },
    "hdfs": {
        "hdfs": {
            "addresses": ["namenode-0:8020", "namenode-1:8020"],
            "path": "/warehouse/cellar/tastings.parquet",
            "hdfsUser": "cellar",
        }
    },
    "http": {"http": {"url": "https://cellar.example.com/tastings.csv"}},
    "http-basic": {
        "http": {
            "url": "https://cellar.example.com/tastings.csv",
            "auth": {
                "basicAuth": {
                    "usernameSecret": {"name": "cellar", "key": "user"},
                    "passwordSecret": {"name": "cellar", "key": "pass"},
                }
            },
        }
    },
    "s3-insecure": {
        "s3": {
            "bucket": "cellar",
            "key": "tastings.csv",
            "endpoint": "minio.minio.svc:9000",
            "region": "eu",
            "insecure": True,
            "accessKeySecret": {"name": "cellar", "key": "user"},
            "secretKeySecret": {"name": "cellar", "key": "pass"},
        }
    },
    "git-https": {
        "git": {
            "repo": "https://git.example.com/cellar.git",
            "revision": "main",
            "usernameSecret": {"name": "cellar", "key": "user"},
            "passwordSecret": {"name": "cellar", "key": "pass"},
            "disableSubmodules": True,
        }
    },
    "git-ssh": {
        "git": {
            "repo": "git@git.example.com:cellar.git",
            "revision": "f" * 40,
            "sshPrivateKeySecret": {"name": "cellar", "key": "id_ed25519"},
            "disableSubmodules": True,
        }
    },
}


@pytest.mark.parametrize("name", FETCHES)
def test_the_driver_is_told_where_and_as_whom(name: str) -> None:
    (artifact,) = template(fetch_plan(FETCHES[name]), "ingest-tastings")["inputs"]["artifacts"]
    assert artifact == {
        "name": "tastings",
        "path": "/mlspec/inputs/tastings",
        # A tarball is data as it is.
        "archive": {"none": {}},
        **EXPECTED[name],
    }


def test_every_kind_of_place_is_covered() -> None:
    fields = {next(iter(place)) for place in EXPECTED.values()}
    assert fields == {"s3", "gcs", "azure", "hdfs", "http", "git"}


def test_a_folder_in_s3_loses_its_slash_and_in_gcs_keeps_it() -> None:
    s3 = S3Location(bucket="b", key="a/", endpoint="minio:9000", region="eu", insecure=True)
    assert _place(Fetch(name="x", location=s3)) == {
        "endpoint": "minio:9000",
        "bucket": "b",
        "key": "a",
        "region": "eu",
        "insecure": True,
    }
    assert _place(Fetch(name="x", location=GcsLocation(bucket="b", key="a/")))["key"] == "a/"


def _place(fetch: Fetch) -> dict[str, Any]:
    (place,) = source(fetch.location, fetch.credentials).values()
    return dict(place)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param("git-https", "/mlspec/inputs/tastings/data/2024", id="part-of-a-clone"),
        pytest.param("git-ssh", "/mlspec/inputs/tastings", id="whole-clone"),
        pytest.param("http", "/mlspec/inputs/tastings", id="no-clone"),
    ],
)
def test_the_program_is_sent_to_the_data_within_a_clone(name: str, path: str) -> None:
    plan = fetch_plan(FETCHES[name])
    args = template(plan, "ingest-tastings")["container"]["args"]
    assert args[args.index("--from") + 1] == path
    assert environment(plan, "ingest-tastings")["MLSPEC_INPUT_TASTINGS"] == path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param("git-ssh", "/tmp", id="ssh-key"),
        pytest.param("hdfs", "/warehouse/cellar", id="hdfs"),
        pytest.param("git-https", None, id="git-without-key"),
        pytest.param("s3-keyless", None, id="s3"),
    ],
)
def test_a_driver_that_writes_gets_a_place_for_it(name: str, path: str | None) -> None:
    patch = template(fetch_plan(FETCHES[name]), "ingest-tastings").get("podSpecPatch")
    if path is None:
        assert patch is None
        return
    assert yaml.safe_load(patch) == {
        "volumes": [{"name": "init-scratch", "emptyDir": {"sizeLimit": "16Mi"}}],
        "initContainers": [
            {"name": "init", "volumeMounts": [{"name": "init-scratch", "mountPath": path}]}
        ],
    }


def test_a_file_at_the_root_of_hdfs_needs_no_folder() -> None:
    fetch = Fetch(
        name="tastings", location=HdfsLocation(addresses=("n:8020",), path="/a.csv", user="u")
    )
    assert "podSpecPatch" not in template(fetch_plan(fetch), "ingest-tastings")


@pytest.mark.parametrize("case", CASES)
def test_azures_webhook_is_called_where_an_azure_identity_is_used(case: str) -> None:
    spec = workflow_spec(CASES[case])
    uses = case in ("fetch-azure-keyless", "artifacts-azure-keyless", "published-azure")
    for labels in (spec["podMetadata"]["labels"], spec["artifactGC"]["podMetadata"]["labels"]):
        assert labels.get("azure.workload.identity/use") == ("true" if uses else None)


def test_the_example_asks_for_nothing_of_the_kind() -> None:
    assert "podSpecPatch" not in template(wine_plan(), "ingest-tastings")


def test_a_spec_s_path_in_a_repository_is_named_once_on_the_whole_road() -> None:
    patch = (
        "{data: {sources: {tastings: {type: git, uri: 'https://h/r.git', path: data/x}}},"
        " transforms: {clean: {inputs: [tastings]}}}"
    )
    ingest = template(plan_of(patch), "ingest-tastings")["container"]

    assert ingest["args"][-1] == "/mlspec/inputs/tastings/data/x"
    assert {"name": "MLSPEC_INPUT_TASTINGS", "value": ingest["args"][-1]} in ingest["env"]
