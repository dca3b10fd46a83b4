"""Each Secret that pods use comes from its place, with the keys that are used and no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from mlspec.renderers.argo_workflows import render as argo
from mlspec.renderers.external_secrets import KINDS, applies
from mlspec.renderers.rbac import render as rbac
from mlspec.renderers.seldon import render as seldon

from mlspec.plan.model import Secret
from tests.plans import wine_plan
from tests.specs import plan

from .cases import CASES, NAMED, VAULT, bodies, kept_in, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.plan.model import Plan


@pytest.mark.parametrize("case", CASES)
def test_one_object_a_secret_and_a_store_unless_the_platform_has_one(case: str) -> None:
    found = CASES[case]
    kinds = [f"{body['kind']}.external-secrets.io" for body in bodies(found)]
    has_own = found.secret_store is not None and found.secret_store.backend != NAMED
    assert kinds == [KINDS[0]] * has_own + [KINDS[1]] * len(found.secrets)
    assert applies(found)


@pytest.mark.parametrize("other", [wine_plan(), kept_in(VAULT, secrets=())])
def test_nothing_where_secrets_come_by_other_means_or_are_not_used(other: Plan) -> None:
    assert not applies(other)
    assert bodies(other) == []


def test_just_the_keys_that_are_read_come_from_the_secret_s_place() -> None:
    assert secret(CASES["vault"], "cellar-s3")["data"] == [
        {"secretKey": key, "remoteRef": {"key": "wine-quality/prod/cellar-s3", "property": key}}
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    ]


def test_what_is_no_secret_of_a_model_s_download_is_written_beside_what_is() -> None:
    found = secret(CASES["vault"], "mlspec-models")
    assert [item["secretKey"] for item in found["data"]] == [
        "RCLONE_CONFIG_S3_ACCESS_KEY_ID",
        "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY",
    ]
    template = found["target"]["template"]
    assert template["mergePolicy"] == "Merge"
    assert template["data"]["RCLONE_CONFIG_S3_ENDPOINT"] == "http://minio.minio.svc:9000"


def test_an_image_pull_secret_has_the_type_that_the_kubelet_asks_for() -> None:
    found = secret(CASES["vault"], "ghcr-pull")
    assert found["target"]["template"]["type"] == "kubernetes.io/dockerconfigjson"
    [item] = found["data"]
    assert (item["secretKey"], item["remoteRef"]["property"]) == (
        ".dockerconfigjson",
        "dockerconfigjson",
    )


def test_where_keys_are_not_known_all_is_taken() -> None:
    found = secret(CASES["whole"], "models")
    assert found["dataFrom"] == [{"extract": {"key": "a/models"}}]
    assert "data" not in found


def test_text_that_the_operator_would_take_for_a_template_is_refused() -> None:
    hostile = Secret(name="s", keys=("a",), settings={"b": "{{ .a }}"}, remote="s")
    with pytest.raises(ValueError, match="read as a template"):
        bodies(kept_in(NAMED, secrets=(hostile,)))


@pytest.mark.parametrize("case", ["vault", "aws", "gcp"])
def test_a_store_of_the_project_s_reads_as_the_project_s_account(case: str) -> None:
    store = bodies(CASES[case])[0]
    assert store["metadata"]["name"] == "wine-quality-secrets"
    assert list(_values(store, "serviceAccountRef")) == [{"name": "wine-quality-secrets"}]
    for body in bodies(CASES[case])[1:]:
        assert body["spec"]["secretStoreRef"] == {
            "kind": "SecretStore",
            "name": "wine-quality-secrets",
        }


# ── from a spec ───────────────────────────────────────────────────────────────────────────────────

SOURCE = "data: {sources: {tastings: {credentials: {secret: cellar-s3, keys: {access_key: id}}}}}"
STORED = """
artifacts: {credentials: {secret: artifacts}, model_secret: models}
registry: {pull_secret: pull}
secrets:
  type: external-secrets
  backend: BACKEND
  remote: "{team}/{project}/{environment}/{secret}"
  platform_remote: "platform/{environment}/{secret}"
"""
BACKENDS = {
    "named": "{type: store, name: all}",
    "vault": '{type: vault, server: "https://vault.example.com"}',
    "aws": "{type: aws, region: eu-west-1, role: 'arn:aws:iam::123456789012:role/{project}-ml'}",
}


def stored(backend: str = "vault", patch: str = SOURCE) -> Plan:
    return plan(patch, on=STORED.replace("BACKEND", BACKENDS[backend]))


def test_the_plan_lists_what_pods_use_and_where_it_lies() -> None:
    assert {s.name: (s.keys, s.remote) for s in stored().secrets} == {
        "artifacts": (
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            "platform/dev/artifacts",
        ),
        "cellar-s3": (("id", "AWS_SECRET_ACCESS_KEY"), "cellar/wine-quality/dev/cellar-s3"),
        "models": (
            ("RCLONE_CONFIG_S3_ACCESS_KEY_ID", "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY"),
            "platform/dev/models",
        ),
        "pull": ((".dockerconfigjson",), "platform/dev/pull"),
    }


def test_a_secret_of_two_uses_comes_once_with_the_keys_of_both() -> None:
    shared = SOURCE.replace("cellar-s3", "artifacts")
    [found] = [s for s in stored(patch=shared).secrets if s.name == "artifacts"]
    assert found.keys == ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "id")


def test_secrets_are_known_but_not_brought_in_where_kubernetes_has_them() -> None:
    found = plan(SOURCE)
    assert [s.name for s in found.secrets] == ["cellar-s3"]
    assert found.secret_store is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_all_that_the_manifests_refer_to_comes_and_nothing_else(backend: str) -> None:
    """Read off the manifests of the other targets: what pods would wait for."""
    found = stored(backend)
    wanted = set()
    for manifest in (*argo(found), *seldon(found), *rbac(found)):
        for reference in _references(manifest.body):
            wanted.add(reference)
    given = {
        (body["metadata"]["name"], item["secretKey"])
        for body in bodies(found)
        if body["kind"] == "ExternalSecret"
        for item in body["spec"]["data"]
    }
    keyed = {pair for pair in wanted if pair[1]}
    assert keyed <= given
    assert {name for name, _ in given} == {name for name, _ in wanted}
    whole = {name for name, key in wanted if not key}
    assert {pair for pair in given if pair[0] not in whole} == keyed


def _references(node: object) -> Iterator[tuple[str, str]]:
    """Name and key, the key empty where the whole Secret is taken."""
    if isinstance(node, dict):
        if set(node) == {"name", "key"}:
            yield str(node["name"]), str(node["key"])
        if "envSecretRefName" in node:
            yield node["envSecretRefName"], ""
        for each in node.get("imagePullSecrets", ()):
            yield each["name"], ""
        for key, inner in node.items():
            if key != "cache":
                yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)
    elif isinstance(node, str) and "KeySecret:" in node:
        yield from _references(yaml.safe_load(node))


def test_a_role_of_aws_is_the_account_s_and_no_pod_s() -> None:
    accounts = {
        m.name: m.body["metadata"].get("annotations")
        for m in rbac(stored("aws"))
        if m.kind == "ServiceAccount"
    }
    assert accounts["wine-quality-secrets"] == {
        "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/wine-quality-ml"
    }
    assert [name for name, annotations in accounts.items() if annotations] == [
        "wine-quality-secrets"
    ]


def test_images_are_pulled_with_the_platform_s_secret_by_all_that_have_pods() -> None:
    pulling = {
        m.name: m.body.get("imagePullSecrets") for m in rbac(stored()) if m.kind == "ServiceAccount"
    }
    secret_of = [{"name": "pull"}]
    assert pulling == {
        "wine-quality-pipeline": secret_of,
        "wine-quality-executor": None,
        "wine-quality-artifact-gc": secret_of,
        "api": secret_of,
        "wine-quality-secrets": None,
    }


def _values(node: object, key: str) -> Iterator[object]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if name == key:
                yield inner
            yield from _values(inner, key)
    elif isinstance(node, list):
        for inner in node:
            yield from _values(inner, key)
