"""The code quality report: GitLab drops without a word what has not the form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlspec.diagnostics import Diagnostic, Span
from tests.diagnostics.samples import FILE, UNKNOWN, diagnostic, report


def entries(*diagnostics: Diagnostic, text: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(report(diagnostics, format="gitlab", text=text))
    return found


def test_all_that_gitlab_reads_is_there() -> None:
    [entry] = entries(UNKNOWN.replace(environment="prod"))

    assert len(entry.pop("fingerprint")) == 34
    assert entry == {
        "description": "`tidyy` is not a data set (in environment prod); no source and no output"
        " has this name; did you mean `tidy`?",
        "check_name": "MLS201",
        "severity": "major",
        "location": {"path": FILE, "lines": {"begin": 8}},
    }


def test_a_warning_weighs_less() -> None:
    [entry] = entries(diagnostic(Span(file="a"), code="MLS204"))

    assert entry["severity"] == "minor"


@pytest.mark.parametrize(
    ("where", "location"),
    [
        pytest.param(Span(file="a.yaml"), {"path": "a.yaml", "lines": {"begin": 1}}, id="file"),
        pytest.param(Span(file="./a", line=3), {"path": "a", "lines": {"begin": 3}}, id="dot"),
    ],
)
def test_a_place(where: Span, location: dict[str, Any]) -> None:
    assert entries(diagnostic(where))[0]["location"] == location


def test_two_equal_mistakes_are_two() -> None:
    first, second = entries(
        diagnostic(Span(file="a", line=1)), diagnostic(Span(file="a", line=2)), text="x\nx\n"
    )

    assert first["fingerprint"] != second["fingerprint"]


def test_a_mistake_is_known_again_when_its_line_has_moved() -> None:
    [before] = entries(diagnostic(Span(file="a", line=1)), text="x: 1\n")
    [after] = entries(diagnostic(Span(file="a", line=2)), text="\nx: 1\n")

    assert before["fingerprint"] == after["fingerprint"]


def test_nothing_found_is_an_empty_list() -> None:
    assert entries() == []
