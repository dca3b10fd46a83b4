"""The committed schemas are what the models say, and every key of them is documented."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mlspec.language.docs import field_docs
from mlspec.language.not_yet import NOT_YET
from mlspec.language.schema import ROOTS, json_schema, models, pydantic_model
from mlspec.record import Record
from tests.specs import ROOT

DOCUMENTS = list(ROOTS)


def committed(document: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"schemas/{document}.schema.json").read_bytes())
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_committed_schema_is_what_the_models_make(document: str) -> None:
    assert committed(document) == json_schema(document), "run `make schemas` and commit the result"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_committed_text_is_the_schema_in_canonical_form(document: str) -> None:
    text = (ROOT / f"schemas/{document}.schema.json").read_text(encoding="utf-8")

    assert text == json.dumps(json_schema(document), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_schema_is_one(document: str) -> None:
    jsonschema.Draft202012Validator.check_schema(committed(document))


def test_there_is_no_schema_of_another_document() -> None:
    with pytest.raises(KeyError):
        json_schema("manifest")


@pytest.mark.parametrize("model", models().values(), ids=lambda model: model.__name__)
def test_every_field_of_every_model_is_documented(model: type[Record]) -> None:
    docs = field_docs(model)

    assert set(docs) >= set(model._fields)
    assert all(docs[field].strip() for field in model._fields)
    assert model.__doc__


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_key_of_the_schema_says_what_it_is_for(document: str) -> None:
    schema = committed(document)

    for name, model in [("", schema), *schema["$defs"].items()]:
        for key, field in model["properties"].items():
            described = field.get("description") or _target(schema, field).get("description")
            assert described, f"{name}.{key}"


def _target(schema: dict[str, Any], field: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
    return found


def test_keys_that_are_planned_are_keys_of_models_that_are_there_and_do_not_have_them() -> None:
    for model, keys in NOT_YET.items():
        assert model in models()
        assert not set(keys) & set(models()[model]._fields)


def test_pydantic_models_have_the_fields_and_defaults_of_the_language_s_models() -> None:
    for name, model in models().items():
        built = pydantic_model(name)
        assert tuple(built.model_fields) == model._fields
        required = {field for field, info in built.model_fields.items() if info.is_required()}
        assert required == set(model._fields) - set(model._defaults)


def test_a_choice_among_tagged_models_names_the_tag() -> None:
    source = committed("project")["$defs"]["Data"]["properties"]["sources"]["additionalProperties"]

    assert source["discriminator"]["propertyName"] == "type"
    assert source["discriminator"]["mapping"]["s3"] == "#/$defs/S3Source"
    assert len(source["oneOf"]) == len(source["discriminator"]["mapping"])


def test_a_map_keyed_by_name_says_what_a_name_is() -> None:
    transforms = committed("project")["properties"]["transforms"]

    assert transforms["propertyNames"]["pattern"].startswith("^[a-z]")
    assert transforms["additionalProperties"] == {"$ref": "#/$defs/Transform"}


def test_every_closed_model_leaves_x_keys_to_the_user() -> None:
    schema = committed("project")

    for model in (schema, *schema["$defs"].values()):
        assert model["additionalProperties"] is False
        assert model["patternProperties"] == {"^x-": {}}
