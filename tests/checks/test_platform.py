"""What a platform's shape alone cannot say."""

from __future__ import annotations

import pytest

from mlspec.checks.platform import check_platform
from tests.specs import platform

ROLE = "arn:aws:iam::123456789012:role/x"


@pytest.mark.parametrize("credentials", ["{secret: s}", f"{{workload_identity: '{ROLE}'}}"])
def test_one_way_to_prove_who_reads(credentials: str) -> None:
    assert list(check_platform(platform(f"artifacts: {{credentials: {credentials}}}"))) == []


@pytest.mark.parametrize("credentials", ["{}", f"{{secret: s, workload_identity: '{ROLE}'}}"])
def test_none_or_two_ways(credentials: str) -> None:
    [found] = check_platform(platform(f"artifacts: {{credentials: {credentials}}}"))

    assert (found.code, found.path) == ("MLS102", ("artifacts", "credentials"))


EXTERNAL = "secrets: {type: external-secrets, backend: BACKEND, remote: '{project}/{secret}'}"
GCP = "{type: gcp, project: acme, account: '{project}@acme.iam.gserviceaccount.com'}"


def test_secrets_of_google_have_no_folders() -> None:
    [found] = check_platform(platform(EXTERNAL.replace("BACKEND", GCP)))

    assert (found.code, found.path) == ("MLS105", ("secrets", "remote"))
    assert (
        list(check_platform(platform(EXTERNAL.replace("BACKEND", "{type: store, name: a}")))) == []
    )


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("secrets: {BACKEND, remote: 'acme.{secret}'}", ("secrets", "remote")),
        ("secrets: {BACKEND}\nregistry: {pull_secret: ghcr.io}", ("registry", "pull_secret")),
        ("secrets: {BACKEND}\nartifacts: {model_secret: a.b}", ("artifacts", "model_secret")),
    ],
)
def test_secrets_of_google_have_no_dots(written: str, path: tuple[str, ...]) -> None:
    google = f"type: external-secrets, backend: {GCP}"

    [found] = check_platform(platform(written.replace("BACKEND", google)))

    assert (found.code, found.path) == ("MLS105", path)
    other = "type: external-secrets, backend: {type: store, name: a}"
    assert list(check_platform(platform(written.replace("BACKEND", other)))) == []


@pytest.mark.parametrize(
    ("service", "remote", "wrong"),
    [
        ("ParameterStore", "{project}/{secret}", True),
        ("ParameterStore", "/{project}/{secret}", False),
        ("ParameterStore", "{project}-{secret}", False),
        ("SecretsManager", "{project}/{secret}", False),
    ],
)
def test_parameters_of_aws_with_folders_begin_at_the_root(
    service: str, remote: str, wrong: bool
) -> None:
    aws = f"{{type: aws, region: eu-west-1, service: {service}, role: '{ROLE}'}}"
    written = EXTERNAL.replace("BACKEND", aws).replace("{project}/{secret}", remote)

    found = list(check_platform(platform(written)))

    assert [each.help for each in found] == ["write `/{project}/{secret}`"] * wrong


def test_secrets_are_not_brought_in_where_projects_share_a_namespace() -> None:
    on = EXTERNAL.replace("BACKEND", "{type: store, name: a}")
    shared = "environments: {dev: {namespace: '{team}-{environment}'}}"

    [found] = check_platform(platform(f"{on}\n{shared}"))

    assert (found.code, found.path) == ("MLS203", ("environments", "dev", "namespace"))
    assert list(check_platform(platform(shared))) == []
