"""No secret is written in plain text, whatever key it hides under; none is ever shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks.secrets import check_secrets, looks_random, mask_secrets, secret_in
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems

AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abc"

TOKENS = {
    "an AWS access key": AWS,
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a GitLab token": "glpat-" + "a1B2" * 5,
    "a Slack token": "xoxb-" + "1234567890",
    "a Google API key": "AIza" + "a" * 35,
    "a Hugging Face token": "hf_" + "a" * 30,
    "an OpenAI or Anthropic key": "sk-" + "a1B2" * 5,
    "a Databricks token": "dapi" + "0a" * 16,
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "a JSON web token": JWT,
    "a password in a URL": "postgres://ana:hunter2@db/wine",
}


def env(name: str, value: str) -> str:
    return f"transforms: {{clean: {{env: {{{name}: {value!r}}}}}}}"


@pytest.mark.parametrize("what", TOKENS)
def test_well_known_tokens_are_found_by_their_look(what: str) -> None:
    assert secret_in(TOKENS[what]) == what
    assert secret_in(f"--key={TOKENS[what]} ") == what


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
    ],
)
def test_what_is_no_secret(patch: str) -> None:
    assert problems(check_secrets, patch) == []


def test_a_step_called_keys_hides_nothing() -> None:
    patch = "transforms: {keys: {run: a, inputs: [], outputs: [], env: {TOKEN: x9f2kq81zz}}}"

    assert problem(check_secrets, patch).path == ("transforms", "keys", "env", "TOKEN")


@pytest.mark.parametrize(
    ("text", "random"),
    [("changeme", False), ("hunter22", True), ("a b c d e f g", False), ("${{ params.x }}", False)],
)
def test_words_are_told_from_random_text(text: str, random: bool) -> None:
    assert looks_random(text) is random


@given(st.sampled_from(sorted(TOKENS.values())), st.text(max_size=5), st.text(max_size=5))
def test_what_is_masked_holds_no_secret_any_more(token: str, before: str, after: str) -> None:
    masked = mask_secrets(f"{before} {token} {after}")

    assert token not in masked
    assert len(masked) == len(f"{before} {token} {after}")


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("a" * 500_000, id="letters"),
        pytest.param("-eyJ" * 200_000, id="beginnings-of-tokens"),
        pytest.param("a://" * 200_000, id="beginnings-of-addresses"),
        pytest.param("-----BEGIN " * 50_000, id="beginnings-of-keys"),
        pytest.param("".join(map(chr, range(0x4E00, 0x9FFF))) * 20, id="many-characters"),
    ],
)
def test_a_hostile_text_is_looked_at_once(hostile: str) -> None:
    assert secret_in(hostile) is None
    looks_random(hostile)
