"""The JSON shape is a promise: the schema, the page that documents it and the writer agree."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from mlspec.cli.app import app
from mlspec.diagnostics import Diagnostic, Span
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.report import Summary
from tests.diagnostics.samples import (
    FILE,
    FIXABLE,
    PROJECT,
    SUMMARY,
    UNKNOWN,
    diagnostic,
    report,
)
from tests.diagnostics.test_text_excerpts import CASES

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/diagnostics.schema.json").read_text(encoding="utf-8"))


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema that describes an object."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for each in schema.values():
            yield from _objects(each)


def _closed() -> dict[str, Any]:
    """The schema without its promise that keys may be added: what this version writes."""
    schema: dict[str, Any] = copy.deepcopy(SCHEMA)
    for each in _objects(schema):
        each["additionalProperties"] = False
    return schema


CLOSED = jsonschema.Draft202012Validator(_closed())


def _document(
    diagnostics: list[Diagnostic], text: str | None = PROJECT, summary: Summary = SUMMARY
) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        report(diagnostics, format="json", text=text, summary=summary)
    )
    CLOSED.validate(document)
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_valid(case: str) -> None:
    text, diagnostics = CASES[case]
    assert len(_document(diagnostics, text=text)["diagnostics"]) == len(diagnostics)


def test_the_documented_example_is_what_is_written() -> None:
    page = (ROOT / "docs/diagnostics-json.md").read_text(encoding="utf-8")
    example = page.split("```json\n")[1].split("```")[0]
    assert report([FIXABLE], format="json") == example


def test_the_page_describes_every_key() -> None:
    page = (ROOT / "docs/diagnostics-json.md").read_text(encoding="utf-8").split("## A diag")[1]
    for part in ("diagnostic", "fix", "edit", "summary"):
        assert [key for key in SCHEMA["$defs"][part]["properties"] if f"`{key}`" not in page] == []


def test_the_schema_describes_and_requires_every_key() -> None:
    """So, with every output checked against CLOSED, all keys are always written and no others."""
    for each in _objects(SCHEMA):
        assert each["required"] == list(each["properties"])
        for about in each["properties"].values():
            named = about.get("$ref", "").removeprefix("#/$defs/")
            assert about.get("description") or SCHEMA["$defs"][named]["description"]


def test_a_reader_of_today_takes_the_keys_of_tomorrow() -> None:
    document = _document([FIXABLE])
    for each in (document, document["summary"], document["diagnostics"][0]["fix"]):
        each["confidence"] = 1
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_command_prints_the_schema() -> None:
    done = CliRunner().invoke(app, ["schema", "diagnostics"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, SCHEMA)


def test_a_fix_is_edits_of_places() -> None:
    (found,) = _document([FIXABLE])["diagnostics"]
    place = {key: found[key] for key in ("file", "line", "column", "end_line", "end_column")}
    edits = [{"text": "tidy", **place}]
    assert found["fix"] == {"message": "write `tidy`", "safe": True, "edits": edits}


def test_what_is_not_known_is_null() -> None:
    (found,) = _document([diagnostic(Span(file=FILE), label="")], text=None)["diagnostics"]
    absent = ["label", "help", "environment", "line", "column", "end_line", "end_column"]
    assert [found[key] for key in absent] == [None] * len(absent)


def test_every_code_has_a_name_that_the_schema_takes() -> None:
    diagnostics = [diagnostic(Span(file=FILE), code=code) for code in CODES]
    names = [d["name"] for d in _document(diagnostics, text=None)["diagnostics"]]
    assert names == [about.name for _, about in sorted(CODES.items())]


def test_the_summary_counts() -> None:
    diagnostics = [diagnostic(Span(file=str(i)), code="MLS204") for i in range(2)]
    summary = Summary(projects=4, files=5, environments=6, seconds=0.0468)
    assert _document([*diagnostics, UNKNOWN], summary=summary)["summary"] == {
        "errors": 1,
        "warnings": 2,
        "fixable": 0,
        "left_out": 0,
        "projects": 4,
        "files": 5,
        "environments": 6,
        "seconds": 0.047,
    }


def test_the_summary_counts_what_is_left_out() -> None:
    text = report([FIXABLE, FIXABLE.replace(message="b")], format="json", limit=1)
    document = json.loads(text)
    CLOSED.validate(document)
    counts = [document["summary"][key] for key in ("errors", "fixable", "left_out")]
    assert (len(document["diagnostics"]), counts) == (1, [2, 2, 1])


def test_a_strict_warning_is_an_error() -> None:
    warning = diagnostic(Span(file=FILE), code="MLS204").replace(is_strict=True)
    document = _document([warning], text=None)
    assert document["diagnostics"][0]["severity"] == "error"
    assert (document["summary"]["errors"], document["summary"]["warnings"]) == (1, 0)
