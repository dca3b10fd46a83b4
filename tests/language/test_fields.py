"""A key of the language is described from the schema; one that is planned is said to be."""

from __future__ import annotations

import pytest

from mlspec.language.fields import UnknownField, describe
from mlspec.language.schema import json_schema


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("serving.explain", "it is planned", id="planned"),
        pytest.param("serving.api.explain", "it is planned", id="planned-in-an-entry"),
        pytest.param("serving.explainer", "`explain` is planned", id="near-one-that-is"),
        pytest.param("governance", "it is planned", id="planned-at-the-top"),
        pytest.param("serving.rolout", "did you mean `rollout`?", id="misspelt"),
        pytest.param("serving.api.zzz", "there is: model, alias", id="like-no-other"),
        pytest.param(
            "environments.live.serving", "holds the same keys as the project", id="overlay"
        ),
        pytest.param(
            "environments.live.serving.api.model", "see `serving` itself", id="deep-in-an-overlay"
        ),
    ],
)
def test_a_key_that_is_not_there(path: str, said: str) -> None:
    with pytest.raises(UnknownField) as refused:
        describe(json_schema("project"), path.split("."))

    assert said in str(refused.value)


def test_the_name_of_an_entry_is_none_that_is_planned() -> None:
    assert describe(json_schema("project"), ["serving", "api"]).startswith("serving.api\n")
