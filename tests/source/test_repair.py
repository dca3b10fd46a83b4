"""A repair becomes exact edits of the text, or none where an edit could change too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlspec.source.edits import mended
from mlspec.source.parser import parse
from mlspec.source.problem import Problem, Repair
from mlspec.source.repair import SHARED, fix_of

if TYPE_CHECKING:
    from mlspec.source.tree import Path


def after(
    text: str, path: Path, repair: Repair, *, on_key: bool = False, part: str = ""
) -> str | None:
    """The text with the repair, or None where there is no fix."""
    problem = Problem("MLS101", path, "m", on_key=on_key, repair=repair, part=part)
    fix = fix_of(parse(text, "p.yaml"), problem)
    if fix is None:
        return None
    assert fix.message == "do it"
    return mended(text.encode(), [fix])[0].decode()


def repair(text: str = "", **more: object) -> Repair:
    return Repair("do it", text)._replace(**more)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param("a: {b: 1}  # b\n", "a: {new: 1}  # b\n", id="flow"),
        pytest.param("a: {'b': 1}\n", "a: {new: 1}\n", id="quoted"),
        pytest.param("a:\n  b :\n  - 1\n", "a:\n  new :\n  - 1\n", id="block"),
        pytest.param("x: 'q\u2028\n  r'\na: {b: 1}\n", "x: 'q\u2028\n  r'\na: {new: 1}\n", id="ls"),
        pytest.param("a: {\u00e4: \U0001f377, b: 1}", "a: {\u00e4: \U0001f377, new: 1}", id="wide"),
    ],
)  # fmt: skip
def test_a_key(before: str, expected: str) -> None:
    assert after(before, ("a", "b"), repair("new"), on_key=True) == expected


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        pytest.param("a: old # c\n", "new", "a: new # c\n", id="plain"),
        pytest.param("a: 'old'\n", "new", "a: new\n", id="quoted"),
        pytest.param("a: old\n", "true", 'a: "true"\n', id="read-as-a-truth-value"),
        pytest.param("a: old\n", "1", 'a: "1"\n', id="read-as-a-number"),
        pytest.param("a: old\n", "x: y", 'a: "x: y"\n', id="read-as-a-mapping"),
    ],
)
def test_a_value(before: str, text: str, expected: str) -> None:
    assert after(before, ("a",), repair(text)) == expected


def test_an_item_of_a_list() -> None:
    assert after("a: [x, old]\n", ("a", 1), repair("new")) == "a: [x, new]\n"


def test_what_is_kept_and_put_between_two_texts() -> None:
    assert after("a: 1.50 # c\n", ("a",), repair(around=('"', '"'))) == 'a: "1.50" # c\n'


@pytest.mark.parametrize("part_of", ["repair", "problem"])
def test_a_part_of_a_text(part_of: str) -> None:
    given = repair("new", part="old") if part_of == "repair" else repair("new")
    part = "old" if part_of == "problem" else ""

    assert after('a: "x ${{ old }} y"\n', ("a",), given, part=part) == 'a: "x ${{ new }} y"\n'


def test_a_part_of_a_text_in_several_lines() -> None:
    before = "a: >-\n  x\n  ${{ old }}\nb: 1\n"

    assert after(before, ("a",), repair("new", part="old")) == before.replace("old", "new")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("x: &n old\na: *n\n", id="alias"),
        pytest.param("a: &n old\nx: *n\n", id="anchor"),
        pytest.param("a: |\n  old\n", id="literal-block"),
        pytest.param("a: 'old\n  text'\n", id="several-lines"),
    ],
)
def test_more_than_a_text_in_one_line_is_not_replaced(before: str) -> None:
    assert after(before, ("a",), repair("new")) is None


@pytest.mark.parametrize("before", ["a: old old\n", "a: gone\n", "x: &n old\na: *n\n"])
def test_a_part_must_be_there_exactly_once(before: str) -> None:
    assert after(before, ("a",), repair("new", part="old")) is None


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param("# c\n\nb: 1\n", "# c\n\na: 1\nb: 1\n", id="below-the-first-comment"),
        pytest.param("---\nb: 1\n", "---\na: 1\nb: 1\n", id="below-the-start-of-the-document"),
        pytest.param("{b: 1}\n", None, id="flow"),
        pytest.param("  b: 1\n", None, id="indented"),
    ],
)
def test_a_line_is_added_at_the_top(before: str, expected: str | None) -> None:
    assert after(before, (), repair("a: 1")) == expected


@pytest.mark.parametrize("is_safe", [True, False])
def test_it_is_as_safe_as_the_repair(is_safe: bool) -> None:
    problem = Problem("MLS101", ("a",), "m", repair=repair("x", is_safe=is_safe))

    found = fix_of(parse("a: 1", "p.yaml"), problem)

    assert found is not None
    assert found.is_safe is is_safe


@pytest.mark.parametrize(
    ("text", "is_safe"),
    [
        pytest.param("x: &x {b: 1}\na: *x\n", False, id="referred-to"),
        pytest.param("x: &x {b: 1}\n", True, id="referred-to-by-none"),
        pytest.param("x: {b: 1}\ny: &y 1\nz: *y\n", True, id="elsewhere"),
    ],
)
def test_what_others_refer_to_is_not_safe_to_mend(text: str, is_safe: bool) -> None:
    problem = Problem("MLS101", ("x", "b"), "m", repair=repair("c", is_safe=True))

    found = fix_of(parse(text, "p.yaml"), problem)

    assert found is not None
    assert found.is_safe is is_safe
    assert found.message.endswith(SHARED) is not is_safe


def test_without_a_repair_there_is_no_fix() -> None:
    assert fix_of(parse("a: 1", "p.yaml"), Problem("MLS101", ("a",), "m")) is None
