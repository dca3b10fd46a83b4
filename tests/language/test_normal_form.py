"""pydantic's JSON Schema in the narrow form that the validator reads."""

from __future__ import annotations

from typing import Any

import pytest

from mlspec.language.normal_form import normalised

TAGGED: dict[str, Any] = {
    "S3": {"properties": {"type": {"const": "s3"}, "uri": {"type": "string"}}},
    "Gcs": {"properties": {"type": {"const": "gcs"}}},
    "Plain": {"properties": {"uri": {"type": "string"}}},
}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


@pytest.mark.parametrize(
    ("schema", "narrow"),
    [
        pytest.param(
            {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            {"type": "string"},
            id="null-is-no-value",
        ),
        pytest.param(
            {"anyOf": [ref("Plain"), {"type": "null"}], "description": "what it is"},
            {**ref("Plain"), "description": "what it is"},
            id="a-key's-own-description-stays",
        ),
        pytest.param(
            {"anyOf": [{"type": "string"}, ref("Plain"), {"type": "null"}]},
            {"anyOf": [{"type": "string"}, ref("Plain")]},
            id="a-choice-by-type",
        ),
        pytest.param(
            {"anyOf": [ref("S3"), ref("Plain")]},
            {"anyOf": [ref("S3"), ref("Plain")]},
            id="models-without-a-tag-in-common",
        ),
        pytest.param(
            {"anyOf": [{"type": "object", "additionalProperties": True}, {"type": "null"}]},
            {"anyOf": [{"type": "object", "additionalProperties": True}, {"type": "null"}]},
            id="an-environment-may-be-empty",
        ),
        pytest.param(
            {"type": "object", "patternProperties": {"^a$": {"type": "string"}}},
            {
                "type": "object",
                "propertyNames": {"pattern": "^a$"},
                "additionalProperties": {"type": "string"},
            },
            id="a-bad-name-is-an-error",
        ),
        pytest.param(
            {"properties": {"a": {}}, "additionalProperties": False},
            {
                "properties": {"a": {}},
                "additionalProperties": False,
                "patternProperties": {"^x-": {}},
            },
            id="x-keys",
        ),
        pytest.param({"default": {}}, {}, id="empty-default-says-nothing"),
        pytest.param({"default": 1}, {"default": 1}, id="other-default-stays"),
        pytest.param({"default": 0}, {"default": 0}, id="zero-is-a-default"),
        pytest.param({"default": False}, {"default": False}, id="false-is-a-default"),
        pytest.param({"description": "a\n  b"}, {"description": "a b"}, id="one-line"),
    ],
)
def test_each_construct_has_one_form(schema: dict[str, Any], narrow: dict[str, Any]) -> None:
    assert normalised(schema, TAGGED) == narrow


def test_a_choice_among_models_with_a_tag_in_common_names_it() -> None:
    assert normalised({"anyOf": [ref("S3"), ref("Gcs")]}, TAGGED) == {
        "oneOf": [ref("S3"), ref("Gcs")],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"s3": "#/$defs/S3", "gcs": "#/$defs/Gcs"},
        },
    }


def test_the_form_reaches_down_into_everything() -> None:
    nullable = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    schema = {
        "$defs": {"M": {"properties": {"a": nullable}}},
        "items": nullable,
        "additionalProperties": nullable,
    }

    found = normalised(schema, {})

    assert found["$defs"]["M"]["properties"]["a"] == {"type": "string"}
    assert found["items"] == found["additionalProperties"] == {"type": "string"}
