"""Every code has an explanation that a data scientist can act on, and whose examples are true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.explain import explained_codes, explanation
from mlspec.language.not_yet import NOT_YET
from mlspec.source.parser import parse
from tests.specs import plain

SCHEMAS = Path(__file__).parents[2] / "schemas"
SECTIONS = ["Wrong", "Right", "What to do"]

NOT_WELL_FORMED = {("MLS003", "Wrong")}
"""Blocks that are there to show what YAML refuses."""

SHAPE_CODES = [code for code in sorted(CODES) if code.startswith("MLS1")]
"""Codes whose wrong example the JSON Schema of the language must refuse as well."""


def _section(code: str, title: str) -> str:
    return re.split(r"(?m)^## ", explanation(code).split(f"\n## {title}\n", 1)[1])[0]


def _block(code: str, title: str) -> str:
    blocks = re.findall(r"(?ms)^```yaml\n(.*?)^```$", _section(code, title))
    assert len(blocks) == 1
    return str(blocks[0])


def _document(block: str) -> str:
    """Which of our documents a block is a part of; "" for somebody else's."""
    first = block.splitlines()[0]
    if first.startswith("# platform.yaml"):
        return "platform"
    if first.startswith("# mlspec.lock"):
        return "lock"
    is_foreign = first.startswith(("# .github/", "# generated/", "# a file under", "# what "))
    return "" if is_foreign else "project"


def _violations(block: str) -> list[str]:
    """What the schema of the language has against a block, which is a part of a document."""
    document = _document(block)
    if not document:
        return []
    schema: dict[str, Any] = json.loads(
        (SCHEMAS / f"{document}.schema.json").read_text(encoding="utf-8")
    )
    schema.pop("required")
    validator = jsonschema.Draft202012Validator(schema)
    value = plain(parse(block, "example.yaml").root)  # as YAML 1.2 has it: `on` is a text
    return [error.message for error in validator.iter_errors(value)]


def test_every_code_is_explained_and_nothing_else() -> None:
    assert explained_codes() == tuple(sorted(CODES))


@pytest.mark.parametrize("code", sorted(CODES))
def test_an_explanation_has_its_parts(code: str) -> None:
    text = explanation(code)
    assert text.startswith(f"# {code}: {CODES[code].name}\n\n")
    assert re.findall(r"(?m)^## (.+)$", text) == SECTIONS
    why = text.split("\n\n")[1]
    assert 60 < len(why) < 700
    assert len(_section(code, "What to do").split()) > 12
    assert text.endswith(".\n") and not text.endswith("\n\n")


@pytest.mark.parametrize("title", ["Wrong", "Right"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_an_example_is_yaml(code: str, title: str) -> None:
    block = _block(code, title)
    if (code, title) in NOT_WELL_FORMED:
        with pytest.raises(yaml.YAMLError):
            yaml.safe_load(block)
    else:
        assert yaml.safe_load(block)


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_right_example_is_another_and_fits_the_language(code: str) -> None:
    right = _block(code, "Right")
    assert right != _block(code, "Wrong")
    assert _violations(right) == []


@pytest.mark.parametrize("code", SHAPE_CODES)
def test_the_wrong_example_of_a_shape_does_not_fit_the_language(code: str) -> None:
    wrong = _block(code, "Wrong")
    schema_knows = {"MLS102": "is a required property", "MLS104": "is not one of"}
    assert schema_knows.get(code, "") in " ".join(_violations(wrong))
    assert len(_violations(wrong)) == 1


def test_the_duplicate_key_example_has_one() -> None:
    keys = re.findall(r"(?m)^    (\w+):", _block("MLS004", "Wrong"))
    assert len(keys) - len(set(keys)) == 1


def test_what_is_not_yet_supported_is_listed_whole() -> None:
    told = set(re.findall(r"`([a-z]+)`", _section("MLS107", "What to do")))
    assert told == {key for keys in NOT_YET.values() for key in keys}


@pytest.mark.parametrize("code", ["MLS999", "mls101", "", "../codes", "../../record"])
def test_an_unknown_code_is_a_key_error(code: str) -> None:
    with pytest.raises(KeyError):
        explanation(code)
