"""No secret is written in plain text, whatever key it hides under; none is ever shown."""

from __future__ import annotations

import pytest

from mlspec.checks.secrets import check_secrets, secrets_in
from mlspec.checks.texts import texts_of
from mlspec.source.problem import Problem
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, tree

AWS = "AKIA" + "ABCDEFGHIJKLMNOP"


def env(name: str, value: str) -> str:
    return f"transforms: {{clean: {{env: {{{name}: {value!r}}}}}}}"


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(env("MODE", AWS), id="env"),
        pytest.param(f"training: {{grader: {{params: {{a: {AWS}}}}}}}", id="param"),
        pytest.param(f"transforms: {{clean: {{run: [a, {AWS}]}}}}", id="word"),
        pytest.param(f"metadata: {{description: 'the key is {AWS}'}}", id="description"),
        pytest.param(f"data: {{sources: {{tastings: {{uri: s3://cellar/{AWS}}}}}}}", id="address"),
        pytest.param(f"environments: {{prod: {{x-y: [{AWS}]}}}}", id="overlay-of-another-place"),
    ],
)
def test_a_token_is_found_wherever_it_is_and_never_told(patch: str) -> None:
    found = diagnosed(check_secrets, patch)

    assert found.code == "MLS401"
    assert found.message == "an AWS access key is written in plain text here"
    assert AWS not in repr(found)
    assert AWS in found_at(found, merged(PROJECT, patch))


def test_a_password_in_an_address() -> None:
    found = problem(
        check_secrets,
        "data: {sources: {tastings: {type: http, uri: 'https://ana:hunter2@example.com/t.csv'}}}",
    )

    assert found.message == "a password in a URL is written in plain text here"
    assert found.path == ("data", "sources", "tastings", "uri")


@pytest.mark.parametrize("name", ["DB_PASSWORD", "API_KEY", "TOKEN", "AWS_SECRET", "APIKEY"])
def test_a_telling_name_beside_a_random_value(name: str) -> None:
    found = problem(check_secrets, env(name, "x9f2kq81zz"))

    assert (found.code, found.path) == ("MLS401", ("transforms", "clean", "env", name))
    assert found.message == f"the value of `{name}` is written in plain text here"


def in_tree(patch: str) -> list[Problem]:
    root = tree(patch).root
    return list(secrets_in(root, texts_of(root)))


CREDENTIALS = "data: {{sources: {{tastings: {{credentials: {}}}}}}}"


@pytest.mark.parametrize(
    "credentials",
    [
        pytest.param("{secret: s, keys: {password: Tr0ub4dor3xyzQ}}", id="for-a-key-of-a-secret"),
        pytest.param("{secret: Tr0ub4dor3xyzQ}", id="for-the-name-of-a-secret"),
        pytest.param("Tr0ub4dor&3xyzQ", id="for-the-credentials"),
    ],
)
def test_a_secret_where_its_name_belongs(credentials: str) -> None:
    [found] = in_tree(CREDENTIALS.format(credentials))

    assert found.code == "MLS401"


@pytest.mark.parametrize("key", ["pasword", "passwrod", "DB_PASWORD", "tokn", "api-ky"])
def test_a_misspelt_telling_name(key: str) -> None:
    [found] = in_tree(f"metadata: {{{key}: 'hunter2secret!'}}")

    assert found.message == f"the value of `{key}` is written in plain text here"


@pytest.mark.parametrize(
    "entry", ["passed: 2024-10-01", "tokens: bert-base-v2", "pasword: from-the-vault"]
)
def test_a_key_that_only_resembles_a_telling_one(entry: str) -> None:
    assert in_tree(f"metadata: {{{entry}}}") == []


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="minimal"),
        pytest.param(env("DB_PASSWORD", "none"), id="short"),
        pytest.param(env("TOKEN_FILE", "/run/secrets/a1b2c3d4"), id="path-of-a-secret"),
        pytest.param(env("MODE", "x9f2kq81zz"), id="name-that-tells-nothing"),
        pytest.param(
            "data: {sources: {tastings: {credentials: {secret: cellar-s3-8f2kq81z}}}}",
            id="name-of-a-secret",
        ),
        pytest.param(
            "data: {sources: {tastings: {credentials: {secret: s, keys: {password: pw-0123456}}}}}",
            id="key-of-a-secret",
        ),
        pytest.param(
            CREDENTIALS.format("{secret: s, keys: {password: dbPassword2Prod}}"),
            id="key-made-of-words",
        ),
    ],
)
def test_what_is_no_secret(patch: str) -> None:
    assert problems(check_secrets, patch) == []


def test_a_step_called_keys_hides_nothing() -> None:
    patch = "transforms: {keys: {run: a, inputs: [], outputs: [], env: {TOKEN: x9f2kq81zz}}}"

    assert problem(check_secrets, patch).path == ("transforms", "keys", "env", "TOKEN")
