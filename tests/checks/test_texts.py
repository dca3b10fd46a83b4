"""The texts of a document: with their paths, and what one look at all of them tells."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks.texts import is_foreign, strings, texts_of
from mlspec.language.reader import read
from mlspec.language.schema import json_schema, models
from mlspec.language.secrets import is_telling, secrets_at
from tests.specs import in_environment, project, tree


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
    assert not texts.may_hold_templates_beside_commands
    assert texts.may_hold_templates


def test_a_key_is_known_as_harmless_only_where_it_is() -> None:
    """What was asked for before says nothing of a key that means a secret, or stands in `keys`."""
    agree({"uri": SECRET, "keys": {"uri": SECRET}})
    agree({"keys": {"uri": "aB3dE6gH9jK2", "a": ["aB3dE6gH9jK2"]}, "uri": "aB3dE6gH9jK2"})
    agree({"token": SECRET})


# ── one look at a file for all its environments ──────────────────────────────────────────────────

OWN_NAMES = st.sampled_from(["run", "A", "token", "keys", "params"])
STEP: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "run": TEXTS | st.lists(TEXTS, max_size=2),
        "env": st.dictionaries(OWN_NAMES, TEXTS, max_size=2),
        "params": st.dictionaries(OWN_NAMES, TEXTS, max_size=2),
        "description": TEXTS,
        "x-own": st.dictionaries(OWN_NAMES, TEXTS, max_size=2),
    },
)


@given(STEP, STEP, st.sampled_from(["clean", "params", "keys", "run"]))
def test_what_a_file_has_not_none_of_its_environments_has(
    base: dict[str, Any], overlay: dict[str, Any], name: str
) -> None:
    step = {"run": "p", "inputs": ["tastings"], "outputs": ["tidy"], **base}
    environments = {"dev": {"transforms": {name: overlay}}, "prod": None}
    written = tree(json.dumps({"transforms": {name: step}, "environments": environments}))
    texts = texts_of(written.root)

    for environment in environments:
        found = read("project", in_environment(written, environment))
        if found.diagnostics:
            continue
        own = texts_of(found.value)
        assert texts.may_hold_secrets or not own.may_hold_secrets
        assert texts.may_hold_secrets or not secrets_at(strings(found.value, ()))
        assert (
            texts.may_hold_templates_beside_commands or not own.may_hold_templates_beside_commands
        )


def maps_of_texts(schema: dict[str, Any]) -> set[str]:
    """The keys of models at which there is a map whose values are texts, but no words of ours."""
    found = set()
    for model in schema["$defs"].values():
        for key, inner in model.get("properties", {}).items():
            values = inner.get("additionalProperties")
            for branch in (values.get("anyOf") or [values]) if isinstance(values, dict) else []:
                if branch.get("type") == "string" and "enum" not in branch:
                    found.add(key)
    return found


def test_run_is_a_command_but_where_users_choose_keys() -> None:
    """`latency` is a map of durations, which can be no template."""
    assert maps_of_texts(json_schema("project")) == {"params", "env", "latency"}


def test_no_default_is_a_secret_or_a_template() -> None:
    places = {(key, name) for schema in json_schema("project")["$defs"].values()
              for key, inner in schema.get("properties", {}).items()
              for name in re.findall(r"\$defs/(\w+)", json.dumps(inner))}  # fmt: skip
    assert ("keys", "SecretKeys") in places
    for key, name in places:
        texts = texts_of({key: models()[name]._defaults})
        assert not (texts.may_hold_secrets or texts.may_hold_templates)
