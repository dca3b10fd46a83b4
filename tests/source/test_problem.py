"""A problem of a part of a text is shown at that part, wherever the text stands."""

from __future__ import annotations

import pytest

from mlspec.source.parser import parse
from mlspec.source.problem import Problem, Repair, diagnose
from tests.specs import span_text

PART = "${{ x }}"


def shown(text: str, part: str = PART) -> tuple[str, int, str]:
    """What is pointed at, in which line, and what the fix writes."""
    problem = Problem("MLS209", ("a",), "wrong", part=part, repair=Repair("write", "${{ y }}"))
    found = diagnose(parse(text, "f.yaml"), problem)
    written = found.fix.edits[0].text if found.fix else ""
    return span_text(found.span, text), found.span.line, written


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a: run ${{ x }} b\n", 1, id="plain"),
        pytest.param("b: ${{ x }}\na: 'run ${{ x }}'\nc: ${{ x }}\n", 2, id="quoted"),
        pytest.param("a: run\n  ${{ x }}\n  b\nc: 1\n", 2, id="plain-in-lines"),
        pytest.param("a: >-\n  run\n  ${{ x }}\nc: ${{ x }}\n", 3, id="folded"),
        pytest.param("a: |\n  run ${{ x }}\n", 2, id="literal-at-the-end"),
    ],
)
def test_the_part_alone_is_pointed_at_and_mended(text: str, line: int) -> None:
    assert shown(text) == (PART, line, "${{ y }}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: ${{ x }} ${{ x }}\n", id="twice"),
        pytest.param('a: "${{\\u0020x }}"\n', id="written-otherwise"),
        pytest.param("a: &x run ${{ x }}\nb: *x\n", id="shared"),
    ],
)
def test_where_the_part_is_not_certain_the_whole_is_pointed_at(text: str) -> None:
    found, _, written = shown(text)

    assert found == text.partition("\n")[0].removeprefix("a: ")
    assert written == ""
