"""What a consumer expects of a data set, its producer declares, with the same type."""

from __future__ import annotations

import pytest

from mlspec.checks.columns import check_columns
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, span_text


def declared(columns: str, expected: str) -> str:
    return f"""
transforms: {{clean: {{outputs: {{tidy: {{schema: {columns}}}}}}}}}
training: {{grader: {{expects: {{tidy: {expected}}}}}}}
"""


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param("{a: int, b: string}", "{a: int}", id="same-type"),
        pytest.param("{a: int}", "{a: float}", id="an-int-is-a-float"),
        pytest.param("{a: {type: date}}", "{a: date}", id="long-form"),
        pytest.param("{}", "{a: int}", id="nothing-declared-nothing-known"),
    ],
)
def test_expectations_that_are_met(columns: str, expected: str) -> None:
    assert problems(check_columns, declared(columns, expected)) == []


def test_a_column_that_is_not_produced() -> None:
    patch = declared("{alcohol: float}", "{alcohl: float}")
    text = merged(PROJECT, patch)

    found = diagnosed(check_columns, patch)

    assert (found.code, found.message) == ("MLS205", "`tidy` has no column `alcohl`")
    assert found.help == "did you mean `alcohol`?"
    assert found_at(found, text) == "alcohl"
    [related] = found.related
    assert span_text(related.span, text) == "schema"


@pytest.mark.parametrize(
    ("column", "expected"),
    [("float", "int"), ("string", "int"), ("timestamp", "date"), ("{type: bool}", "int")],
)
def test_a_column_of_another_type(column: str, expected: str) -> None:
    patch = declared(f"{{a: {column}}}", f"{{a: {expected}}}")
    text = merged(PROJECT, patch)

    found = diagnosed(check_columns, patch)

    assert found.code == "MLS206"
    assert found.message.endswith(f", not {expected}")
    assert found_at(found, text) == expected
    [related] = found.related
    assert span_text(related.span, text) == "a"


def test_expectations_of_a_source() -> None:
    found = problem(
        check_columns,
        """
data: {sources: {tastings: {schema: {a: int}}}}
transforms: {clean: {expects: {tastings: {b: int}}}}
""",
    )

    assert found.path == ("transforms", "clean", "expects", "tastings", "b")
    assert found.related[0][1] == ("data", "sources", "tastings", "schema")


def test_expectations_of_what_is_not_there_are_for_another_check() -> None:
    assert problems(check_columns, "training: {grader: {expects: {nowhere: {a: int}}}}") == []
