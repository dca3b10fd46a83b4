"""What a secret looks like, and that none is left of it where it is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.language.secrets import (
    _any_token,
    _has_sign,
    hidden_with,
    looks_random,
    mask_secrets,
    masker,
    secret_at,
    secret_in,
    secrets_at,
)

if TYPE_CHECKING:
    from mlspec.source.tree import Path

AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abc"

TOKENS = {
    "an AWS access key": AWS,
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a GitLab token": "glpat-" + "a1B2" * 5,
    "a Slack token": "xoxb-" + "1234567890",
    "a Google API key": "AIza" + "a" * 35,
    "a Hugging Face token": "hf_" + "a" * 30,
    "a Stripe key": "sk_live_" + "a1B2" * 6,
    "an OpenAI or Anthropic key": "sk-" + "a1B2" * 5,
    "a Databricks token": "dapi" + "0a" * 16,
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "a JSON web token": JWT,
    "a password in a URL": "postgres://ana:hunter2@db/wine",
}


@pytest.mark.parametrize("what", TOKENS)
def test_well_known_tokens_are_found_by_their_look(what: str) -> None:
    assert secret_in(TOKENS[what]) == what
    assert secret_in(f"--key={TOKENS[what]} ") == what


@pytest.mark.parametrize("what", TOKENS)
def test_a_token_is_found_among_many_texts(what: str) -> None:
    among = [(("a",), "x"), (("b",), f"({TOKENS[what]})"), (("c",), "y")]

    assert secrets_at(among) == [(*among[1], what)]


KEYS = ("uri", "secret", "keys", "password", "pasword", "tokens", "api_tokn", "a" * 50 + "token")
PATHS = st.lists(st.sampled_from(KEYS), max_size=3).map(tuple)
PARTS = st.sampled_from(
    ["AKIA", "a1B2" * 5, "sk-", "ghp_", "://", "ana:", "@", "eyJ", ".", "-", " ", "\n", "Z9" * 6]
)
TEXTS = st.lists(PARTS | st.sampled_from(sorted(TOKENS.values())), max_size=6).map("".join)


@given(st.lists(st.tuples(PATHS, TEXTS), max_size=5))
def test_many_texts_are_judged_as_each_is_alone(texts: list[tuple[Path, str]]) -> None:
    alone = [(*each, what) for each in texts if (what := secret_at(*each))]

    assert secrets_at(texts) == alone


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


PIECES = [
    *TOKENS.values(), "ghp_", "gho_", "sk-", "task-", "sk_live_", "a://", ":", "@", "eyJ", ".",
    "\n", " ", "AKIA", "xoxb-", "hf_", "dapi", "0123456789abcdef" * 2, "-----BEGIN ", "PRIVATE KEY",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_a_look_for_signs_first_leaves_no_token(text: str) -> None:
    whole = _any_token().sub(lambda match: "*" * len(match[0]), text)

    assert _has_sign(text) or whole == text
    assert mask_secrets(text) == mask_secrets(whole)


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
    assert not secrets_at([(("description",), hostile)])
    looks_random(hostile)


def test_a_known_secret_is_masked_in_capitals_too() -> None:
    mask = masker(["hunter2secret!"])

    assert mask("is `HUNTER2secret!` or `hunter2`") == "is `**************` or `hunter2`"


def test_a_long_secret_is_known_by_its_beginning() -> None:
    secret = "aB3" * 100
    mask = masker(hidden_with(secret))

    assert "aB3" not in mask(secret)
    assert "aB3aB3" not in mask(f"`{secret[:59]}…` is not a name")
