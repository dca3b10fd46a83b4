"""Fixes are exact: what they do not name stays, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.diagnostics import Fix, Span
from mlspec.diagnostics.diagnostic import Edit
from mlspec.source.edits import mended


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(
        span=Span(file="p", line=line, column=column, end_line=end_line, end_column=end_column),
        text=text,
    )


def fix(*edits: Edit) -> Fix:
    return Fix(message="mend it", edits=edits, is_safe=True)


def at(line: int, column: int, length: int, text: str) -> Fix:
    return fix(edit(line, column, line, column + length, text))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", "\u2028".encode(), "\x85".encode()])
def test_byte_order_mark_and_line_ends_stay(mark: bytes, end: bytes) -> None:
    before = mark + end.join([b"ab: 1", "ä: xy".encode(), b""])

    after, count = mended(before, [at(2, 4, 2, "z")])

    assert after == mark + end.join([b"ab: 1", "ä: z".encode(), b""])
    assert count == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\r\nb", b"new\r\na\r\nb"),
        (b"a\nb", b"new\na\nb"),
        ("a\u2028b\n".encode(), "new\na\u2028b\n".encode()),
    ],
)
def test_a_new_line_ends_as_the_others_do(before: bytes, after: bytes) -> None:
    assert mended(before, [at(1, 1, 0, "new\n")]) == (after, 1)


def test_what_is_inserted_at_one_place_keeps_its_order() -> None:
    after, count = mended(b"c\n", [at(1, 1, 0, "a\n"), at(1, 1, 0, "b\n"), at(1, 1, 1, "C")])

    assert (after, count) == (b"a\nb\nC\n", 3)


def test_of_fixes_that_overlap_the_first_is_applied() -> None:
    fixes = [at(1, 2, 2, "X"), at(1, 3, 2, "Y"), at(1, 1, 5, "Z"), at(1, 5, 1, "E")]

    assert mended(b"abcde\n", fixes) == (b"aXdE\n", 2)


def test_a_fix_is_applied_whole_or_not_at_all() -> None:
    two = fix(edit(1, 1, 1, 2, "A"), edit(1, 3, 1, 4, "C"))

    assert mended(b"abc", [at(1, 3, 1, "x"), two]) == (b"abx", 1)


def test_a_line_can_be_removed_whole() -> None:
    assert mended(b"a\r\n  # b\r\nc", [fix(edit(2, 1, 3, 1, ""))]) == (b"a\r\nc", 1)


@given(
    st.text("ab\u00e4\U0001f377 \n", min_size=1),
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 5), st.text("xy", max_size=3)), max_size=8
    ),
)
def test_all_between_the_edits_stays(text: str, wanted: list[tuple[int, int, str]]) -> None:
    """The fixes that do not touch, applied one by one from the end, give the same."""
    chosen: list[tuple[int, int, str]] = []
    for start, length, new in wanted:
        end = min(start + length, len(text))
        is_free = all(end <= other[0] or other[1] <= start for other in chosen)
        if end > start and "\n" not in text[start:end] and is_free:
            chosen.append((start, end, new))
    fixes = [at(*_line_and_column(text, start), end - start, new) for start, end, new in chosen]
    expected = text
    for start, end, new in sorted(chosen, reverse=True):
        expected = expected[:start] + new + expected[end:]

    assert mended(text.encode(), fixes) == (expected.encode(), len(chosen))


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
