"""The JSON shape is a promise: the schema, the page that documents it and the writer agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlspec.diagnostics import Diagnostic, Span
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.report import Summary
from tests.diagnostics.samples import FILE, PROJECT, SUMMARY, UNKNOWN, diagnostic, report
from tests.diagnostics.test_text_excerpts import CASES

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/diagnostics.schema.json").read_text(encoding="utf-8"))


def _document(
    diagnostics: list[Diagnostic], text: str | None = PROJECT, summary: Summary = SUMMARY
) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        report(diagnostics, format="json", text=text, summary=summary)
    )
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
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
    assert report([UNKNOWN], format="json") == example


@pytest.mark.parametrize("part", ["diagnostic", "related", "summary"])
def test_the_schema_requires_every_key_that_is_written(part: str) -> None:
    document = _document([UNKNOWN])
    first = document["diagnostics"][0]
    written = {"diagnostic": first, "related": first["related"][0], "summary": document["summary"]}
    about = SCHEMA["$defs"][part]
    assert sorted(written[part]) == sorted(about["required"]) == sorted(about["properties"])


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
        "projects": 4,
        "files": 5,
        "environments": 6,
        "seconds": 0.047,
    }
