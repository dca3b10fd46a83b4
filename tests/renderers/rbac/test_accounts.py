"""ServiceAccounts: no token but Argo's own, and the cloud identities that they stand for."""

from __future__ import annotations

import pytest

from tests.plans import wine_plan

from .cases import AWS, AZURE, CASES, GOOGLE, bodies, identity_plan


@pytest.mark.parametrize("case", CASES)
def test_each_identity_has_an_account_that_mounts_no_token(case: str) -> None:
    accounts = bodies(CASES[case], "ServiceAccount")
    assert [a["metadata"]["name"] for a in accounts] == [i.name for i in CASES[case].identities]
    assert {a["automountServiceAccountToken"] for a in accounts} == {False}


def test_the_executor_has_the_token_secret_that_argo_looks_for_and_no_one_else_has() -> None:
    (secret,) = bodies(wine_plan(), "Secret")
    assert secret["metadata"]["name"] == "wine-quality-executor.service-account-token"
    assert secret["type"] == "kubernetes.io/service-account-token"
    account = secret["metadata"]["annotations"]["kubernetes.io/service-account.name"]
    assert account == "wine-quality-executor"
    assert not {"data", "stringData"} & set(secret)


@pytest.mark.parametrize(
    ("identity", "annotation"),
    [
        pytest.param(AWS, "eks.amazonaws.com/role-arn", id="aws"),
        pytest.param(AWS.replace("aws:", "aws-cn:", 1), "eks.amazonaws.com/role-arn", id="aws-cn"),
        pytest.param(GOOGLE, "iam.gke.io/gcp-service-account", id="google"),
        pytest.param(AZURE, "azure.workload.identity/client-id", id="azure"),
        pytest.param(AZURE.upper(), "azure.workload.identity/client-id", id="azure-capitals"),
    ],
)
def test_a_cloud_identity_is_an_annotation(identity: str, annotation: str) -> None:
    (account,) = bodies(identity_plan(kind="service", workload_identities=(identity, identity)))
    assert account["metadata"]["annotations"] == {annotation: identity}


def test_one_account_can_stand_for_one_identity_of_each_cloud() -> None:
    (account,) = bodies(CASES["clouds"])
    assert list(account["metadata"]["annotations"].values()) == [AZURE, AWS, GOOGLE]


@pytest.mark.parametrize(
    ("identities", "message"),
    [
        pytest.param(("wine",), "'wine' is no AWS role", id="of-no-cloud"),
        pytest.param((AWS + "\n",), "is no AWS role", id="line-break"),
        pytest.param((AWS, AWS + "-2"), "cannot be both", id="two-of-one-cloud"),
    ],
)
def test_what_cannot_be_is_an_error(identities: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bodies(identity_plan(kind="service", workload_identities=identities))
