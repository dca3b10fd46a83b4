"""Text is cut so that it fits, however it is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlspec.graph.lettering import clipped, width, wrapped
from tests.graph.graphs import texts

rooms = st.floats(20, 300)


@given(texts, rooms, st.booleans())
def test_what_is_clipped_fits(text: str, room: float, bold: bool) -> None:
    assert width(clipped(text, room, 13, bold=bold), 13, bold=bold) <= room


@given(texts, rooms, st.integers(1, 4))
def test_what_is_wrapped_fits(text: str, room: float, lines: int) -> None:
    found = wrapped(text, room, 11, lines)

    assert len(found) <= lines
    assert all(width(line, 11) <= room for line in found)


def test_what_fits_is_left_alone() -> None:
    assert clipped("clean", 100, 13) == "clean"
    assert wrapped("drops duplicates", 300, 11, 2) == ["drops duplicates"]


def test_a_cut_is_told() -> None:
    assert clipped("evaluate-wine-grader", 80, 13) == "evaluate-…"


def test_words_are_kept_whole_but_for_one_that_is_too_long() -> None:
    assert wrapped("f1 no worse than champion", 100, 11, 2) == ["f1 no worse", "than champion"]
    assert wrapped("s3://cellar/tastings/tastings.csv", 100, 11, 3) == ["s3://cellar/tast…"]


def test_wide_characters_take_more_room() -> None:
    assert width("品質", 10) > width("ab", 10)
    assert width("e\u0301", 10) == width("e", 10)


def test_what_would_reorder_text_is_shown_as_an_escape() -> None:
    assert clipped("a\u202eb", 300, 13) == "a\\u202eb"
