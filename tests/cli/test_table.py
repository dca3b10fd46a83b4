"""Values in columns: aligned, and no wider than there is room."""

from __future__ import annotations

from mlspec.cli.table import table

HEADS = ("name", "alcohol", "proline", "grade")
ROWS = (("barolo", 14.123456789, 1065, 0), ("chianti", 9.5, 85, [0.25, 1.0]))


def test_numbers_stand_right_and_texts_left() -> None:
    assert table(HEADS, ROWS, kept=1) == (
        "name     alcohol  proline  grade\n"
        "barolo   14.1235     1065  0\n"
        "chianti      9.5       85  [0.25, 1]"
    )


def test_what_is_kept_is_there_however_narrow() -> None:
    assert table(HEADS, ROWS, kept=1, width=33) == (
        "name     alcohol  …  grade\n"
        "barolo   14.1235  …  0\n"
        "chianti      9.5  …  [0.25, 1]"
    )  # fmt: skip
    assert table(HEADS, ROWS, kept=1, width=1) == "…  grade\n…  0\n…  [0.25, 1]"


def test_a_value_cannot_steer_the_terminal() -> None:
    assert table(("a",), [["\x1b[2J\n"]], kept=1) == "a\n\ufffd[2J\ufffd"
