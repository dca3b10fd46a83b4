"""SARIF logs: valid by the official schema, and right in what a schema cannot tell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlspec import __version__
from mlspec.diagnostics import Diagnostic, Edit, Fix, Span
from mlspec.diagnostics.codes import CODES
from tests.diagnostics.samples import (
    FILE,
    FIXABLE,
    PROJECT,
    UNKNOWN,
    at,
    diagnostic,
    report,
    span,
)
from tests.diagnostics.test_text_excerpts import CASES

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests/data/sarif/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)


def _run(diagnostics: list[Diagnostic], text: str | None = PROJECT) -> dict[str, Any]:
    log = json.loads(report(diagnostics, format="sarif", text=text))
    VALIDATOR.validate(log)
    assert log["version"] == "2.1.0"
    run: dict[str, Any] = log["runs"][0]
    return run


def _result(found: Diagnostic, text: str | None = PROJECT) -> dict[str, Any]:
    result: dict[str, Any] = _run([found], text)["results"][0]
    return result


def _physical(where: Span) -> dict[str, Any]:
    location: dict[str, Any] = _result(diagnostic(where))["locations"][0]["physicalLocation"]
    return location


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_valid(case: str) -> None:
    text, diagnostics = CASES[case]
    assert len(_run(diagnostics, text)["results"]) == len(diagnostics)


def test_every_code_is_a_valid_rule_with_its_explanation() -> None:
    rules = _run([diagnostic(Span(file=FILE), code=code) for code in CODES])["tool"]["driver"]
    assert [rule["id"] for rule in rules["rules"]] == sorted(CODES)
    for rule in rules["rules"]:
        about = CODES[rule["id"]]
        assert (rule["name"], rule["shortDescription"]["text"]) == (about.name, about.title)
        assert rule["defaultConfiguration"] == {"level": about.severity}
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}: {about.name}\n")
        assert rule["fullDescription"]["text"].endswith(".")
        assert not rule["fullDescription"]["text"].startswith("#")


def test_every_rule_keeps_to_the_limits_of_code_scanning() -> None:
    """https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support"""
    rules = _run([diagnostic(Span(file=FILE), code=code) for code in CODES])["tool"]["driver"]
    for rule in rules["rules"]:
        assert len(rule["name"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024


def test_help_uris_lead_to_a_heading_of_the_page() -> None:
    page = (ROOT / "docs/diagnostics.md").read_text(encoding="utf-8")
    headings = re.findall(r"(?m)^#+ (.+)$", page)
    anchors = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    rules = _run([diagnostic(Span(file=FILE), code=code) for code in CODES])["tool"]["driver"]
    assert {rule["helpUri"].partition("#")[2] for rule in rules["rules"]} <= anchors


def test_a_result_says_all() -> None:
    result = _result(UNKNOWN.replace(environment="prod"))
    assert result["message"]["text"] == (
        "`tidyy` is not a data set (in environment prod)\n"
        "no source and no output has this name\n"
        "did you mean `tidy`?"
    )
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("MLS201", 0, "error")
    assert result["properties"] == {"environment": "prod"}
    (related,) = result["relatedLocations"]
    assert related["message"] == {"text": "the nearest name is defined here"}
    assert related["physicalLocation"]["region"]["startLine"] == 5


def test_a_rule_index_leads_to_its_rule() -> None:
    run = _run([UNKNOWN, diagnostic(at(PROJECT, "clean"), code="MLS204")])
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["version"] == __version__
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == ["MLS204", "MLS201"]
    assert [r["level"] for r in run["results"]] == ["warning", "error"]


def test_columns_are_characters_and_the_log_says_so() -> None:
    text = 'a: "\U0001f377\U0001f377", b\n'  # each glass is two units of UTF-16, one code point
    run = _run([diagnostic(at(text, "b"))], text)
    assert run["columnKind"] == "unicodeCodePoints"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 10, "endLine": 1, "endColumn": 11}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param(Span(file="a"), {"startLine": 1}, id="file-only"),
        pytest.param(Span(file="a", line=4), {"startLine": 4}, id="line-only"),
        pytest.param(
            Span(file="a", line=4, column=2),
            {"startLine": 4, "startColumn": 2, "endLine": 4, "endColumn": 2},
            id="start-only",
        ),
        pytest.param(
            span(4, 2, 6, 1, file="a"),
            {"startLine": 4, "startColumn": 2, "endLine": 6, "endColumn": 1},
            id="many-lines",
        ),
    ],
)
def test_a_region(where: Span, expected: dict[str, int]) -> None:
    """Never without a line: code scanning would not show the result."""
    assert _physical(where)["region"] == expected


def test_a_strict_warning_is_an_error_of_a_rule_that_warns() -> None:
    found = diagnostic(at(PROJECT, "clean"), code="MLS204")
    run = _run([found.replace(is_strict=True), found.replace(message="other")])
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": "warning"}
    assert sorted(result["level"] for result in run["results"]) == ["error", "warning"]


def test_a_fix_replaces_what_is_at_its_place() -> None:
    result = _result(FIXABLE)
    place = result["locations"][0]["physicalLocation"]
    replacement = {"deletedRegion": place["region"], "insertedContent": {"text": "tidy"}}
    change = {"artifactLocation": place["artifactLocation"], "replacements": [replacement]}
    assert result["fixes"] == [
        {"description": {"text": "write `tidy`"}, "artifactChanges": [change]}
    ]


def test_a_fix_inserts_and_removes() -> None:
    here, gone = span(2, 1, 2, 1), at(PROJECT, "tidyy")
    edits = (Edit(span=here, text="kind: Project\n"), Edit(span=gone, text=""))
    fix = Fix(message="mend it", edits=edits, is_safe=False)
    (found,) = _result(UNKNOWN.replace(fix=fix))["fixes"]
    inserted, removed = found["artifactChanges"][0]["replacements"]
    assert inserted["deletedRegion"] == {
        "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 1
    }  # fmt: skip
    assert inserted["insertedContent"] == {"text": "kind: Project\n"}
    assert removed["insertedContent"] == {"text": ""}
    assert removed["deletedRegion"]["startLine"] == gone.line


def test_what_cannot_be_mended_says_nothing_of_fixes() -> None:
    assert "fixes" not in _result(UNKNOWN)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("./projects/a/project.yaml", "projects/a/project.yaml"),
        ("a b/ü%[1].yaml", "a%20b/%C3%BC%25%5B1%5D.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("not-utf8-\udcff.yaml", "not-utf8-%FF.yaml"),
        ("half-\ud800.yaml", "half-%EF%BF%BD.yaml"),
    ],
)
def test_a_relative_file_is_a_uri_below_the_root(file: str, expected: str) -> None:
    artifact = _physical(Span(file=file))["artifactLocation"]
    assert artifact == {"uri": expected, "uriBaseId": "%SRCROOT%"}


def test_an_absolute_file_is_a_file_uri() -> None:
    artifact = _physical(Span(file="/srv/my spec.yaml"))["artifactLocation"]
    assert artifact == {"uri": "file:///srv/my%20spec.yaml"}


def test_a_message_is_never_taken_for_a_link() -> None:
    result = _result(diagnostic(Span(file=FILE), message="see [here](1)", label=""))
    assert result["message"]["text"] == "see [here\\](1)"


def _fingerprints(diagnostics: list[Diagnostic], text: str) -> list[str]:
    results = _run(diagnostics, text)["results"]
    return [r["partialFingerprints"]["mlspecDiagnostic/v1"] for r in results]


def test_a_fingerprint_stays_when_lines_move_or_are_indented() -> None:
    moved = "# a new first line\n" + PROJECT.replace("    inputs", "      inputs")
    before = _fingerprints([UNKNOWN], PROJECT)
    assert before == _fingerprints([UNKNOWN.replace(span=at(moved, "tidyy"))], moved)


def test_equal_mistakes_on_equal_lines_are_told_apart() -> None:
    text = "a: x\na: x\n"
    twice = [diagnostic(span(1, 4, 1, 5)), diagnostic(span(2, 4, 2, 5))]
    first, second = _fingerprints(twice, text)
    assert first.endswith(":1") and second == first[:-1] + "2"


def test_a_secret_leaves_no_trace_in_the_fingerprint() -> None:
    texts = [f"password: {word}\n" for word in ("hunter2", "letmein")]
    found = [diagnostic(span(1, 11, 1, 18), code="MLS401")]
    assert _fingerprints(found, texts[0]) == _fingerprints(found, texts[1])
