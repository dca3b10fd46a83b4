"""The texts of a document: with their paths, and what one look at all of them tells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks.texts import is_foreign, strings, texts_of
from mlspec.language.secrets import is_telling, secrets_at
from tests.specs import project


def test_every_text_of_a_spec_is_found_with_its_path() -> None:
    found = dict(strings(project("environments: {dev: {a: [b, {c: d}]}}"), ()))

    assert found["metadata", "name"] == "wine-quality"
    assert found["transforms", "clean"] == "clean"
    assert found["transforms", "clean", "inputs", 0] == "tastings"
    assert found["environments", "dev", "a", 1, "c"] == "d"


KEYS = (
    "keys",
    "secret",
    "password",
    "pasword",
    "token",
    "tokens",
    "run",
    "uri",
    "x-y",
    "credentials",
)
SECRET = "hunter2Z9q8W7e6"
TEXTS = st.sampled_from(
    ["", "short", "two words", SECRET, "password", "AKIA" + "ABCDEFGHIJKLMNOP", "{{x}}", "$(y)",
     "s3://cellar/tastings.csv", "line\nand line", "a\0b", "dbPassword2Prod", "changeme-please"]
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.none() | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)


def agree(value: Any) -> None:
    texts, each = texts_of(value), strings(value, ())

    assert texts.is_any_telling == any(is_telling(*one) for one in each)
    assert texts.may_hold_secrets or not secrets_at(each)
    assert texts.may_hold_templates == any(is_foreign(text) for _, text in each)


@given(VALUES)
def test_a_look_at_all_texts_agrees_with_a_look_at_each(value: Any) -> None:
    agree(value)


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="nothing"),
        pytest.param(f"transforms: {{clean: {{env: {{PASWORD: {SECRET}}}}}}}", id="misspelt"),
        pytest.param(f"transforms: {{clean: {{env: {{A: {SECRET}}}}}}}", id="says-nothing"),
        pytest.param(
            "data: {sources: {tastings: {credentials: {secret: a, keys: {access_key: "
            f"{SECRET}Aa1Bb2}}}}}}}}}}",
            id="in-place-of-a-key",
        ),
    ],
)
def test_they_agree_on_a_typed_project(patch: str) -> None:
    """But for its commands, which are looked at by themselves."""
    texts, each = texts_of(project(patch)), strings(project(patch), ())

    assert texts.is_any_telling == any(is_telling(*one) for one in each)
    assert texts.may_hold_secrets or not secrets_at(each)
    assert not texts.may_hold_templates
    assert "${{ inputs.tastings }}" in texts.commands


def test_a_key_is_known_as_harmless_only_where_it_is() -> None:
    """What was asked for before says nothing of a key that means a secret, or stands in `keys`."""
    agree({"uri": SECRET, "keys": {"uri": SECRET}})
    agree({"keys": {"uri": "aB3dE6gH9jK2", "a": ["aB3dE6gH9jK2"]}, "uri": "aB3dE6gH9jK2"})
    agree({"token": SECRET})
