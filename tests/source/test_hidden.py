"""What a reader of a file would not see is found; what only looks like something else is named."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.diagnostics import Diagnostic
from mlspec.source.hidden import MAX_SHOWN, hidden_characters, look_alike
from tests.specs import found_at

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = "\u200b\u2060\u2064\u3164\ufeff\uffa0\ufff9\U000e0041"
BREAKS = "\r\x85\u2028\u2029"


def found_in(text: str) -> Diagnostic:
    [found] = hidden_characters(text, "project.yaml")
    return found


@pytest.mark.parametrize("character", [*BIDI, *UNSEEN], ids=ascii)
@pytest.mark.parametrize(
    "text",
    ["{}a: 1\n", "a: 1\nb: c{}d\n", "a: 1  # nothing {} here\n", "a: 'é{}'\nb: 1\n"],
    ids=["at-the-start", "value", "comment", "after-a-letter"],
)
def test_it_is_found_wherever_it_stands(character: str, text: str) -> None:
    text = text.format(character)

    found = found_in(text)

    assert found.code == "MLS009"
    assert found_at(found, text) == character
    assert f"U+{ord(character):04X} {unicodedata.name(character)}" in found.message


@pytest.mark.parametrize("character", BREAKS, ids=ascii)
def test_a_line_end_that_an_editor_may_not_show(character: str) -> None:
    found = found_in(f"a: 1\n# harmless{character}b: 2\n")

    assert (found.span.line, found.span.column, found.span.end_column) == (2, 11, 12)
    assert "U+" in found.message
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == ["\n"]


def test_lines_are_counted_as_the_parser_counts_them() -> None:
    places = [
        (found.span.line, found.span.column)
        for found in hidden_characters("a\rb\u2028c\x85\n d\u200b\n", "f")
    ]

    assert places == [(1, 2), (2, 2), (3, 2), (5, 3)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: 1\n", id="ascii"),
        pytest.param("név: 🍷 Château\n", id="letters"),
        pytest.param("a: \u0645\u06cc\u200c\u062e\n", id="joiner-in-persian"),
        pytest.param("a: \u0915\u094d\u200d \u0937\n", id="joiner-in-hindi"),
        pytest.param("a: \U0001f469\u200d\U0001f52c\n", id="joiner-in-emoji"),
        pytest.param("a: \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e007f\n", id="flag"),
        pytest.param("a: \u05d0\u200f1\n", id="mark-of-direction"),
        pytest.param('a: "\\u202e"\n', id="escape-that-all-can-see"),
    ],
)
def test_text_of_all_languages_passes(text: str) -> None:
    assert hidden_characters(text, "f") == []


def test_joiners_that_join_nothing_are_found() -> None:
    assert "ZERO WIDTH JOINER" in found_in("name: ad\u200dmin\n").message
    assert "ZERO WIDTH NON-JOINER" in found_in("\u200cname: a\n").message


def test_tags_outside_of_a_flag_are_found() -> None:
    assert "TAG LATIN SMALL LETTER G" in found_in("a: \U0001f3f4\U000e0067\n").message


def test_a_line_is_told_of_once_and_a_file_so_often() -> None:
    assert len(hidden_characters("a\u200bb\u200bc\n", "f")) == 1
    assert len(hidden_characters("a\u200b\u202e\n", "f")) == 2
    assert len(hidden_characters("a\u200b\n" * 1000, "f")) == MAX_SHOWN


def test_only_what_is_nothing_but_an_accident_is_removed_unseen() -> None:
    for character in BIDI + BREAKS:
        found = found_in(f"# {character}\n")
        assert found.fix is not None
        assert not found.fix.is_safe
    for character in UNSEEN:
        found = found_in(f"# {character}\n")
        assert found.fix is not None
        assert found.fix.is_safe
        assert [edit.text for edit in found.fix.edits] == [""]


# ── look-alikes ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("character", "name", "meant"),
    [
        ("\u0430", "U+0430 CYRILLIC SMALL LETTER A", "a"),
        ("\u03bf", "U+03BF GREEK SMALL LETTER OMICRON", "o"),
        ("\uff4e", "U+FF4E FULLWIDTH LATIN SMALL LETTER N", "n"),
        ("\U0001d427", "U+1D427 MATHEMATICAL BOLD SMALL N", "n"),
        ("\u201c", "U+201C LEFT DOUBLE QUOTATION MARK", '"'),
        ("\u2019", "U+2019 RIGHT SINGLE QUOTATION MARK", "'"),
        ("\u2013", "U+2013 EN DASH", "-"),
        ("\uff1a", "U+FF1A FULLWIDTH COLON", ":"),
    ],
    ids=lambda value: ascii(value)[1:-1],
)
def test_look_alikes_are_named(character: str, name: str, meant: str) -> None:
    assert look_alike(f"x{character}y") == f"`{character}` in it is {name}, not `{meant}`"


@pytest.mark.parametrize("character", ["\u00a0", "\u2003", "\u202f", "\u3000"], ids=ascii)
def test_spaces_that_are_none_are_named(character: str) -> None:
    name = f"U+{ord(character):04X} {unicodedata.name(character)}"

    assert look_alike(f"x{character}y") == f"there is {name} in it, not a space"


@pytest.mark.parametrize("character", ["\u00ad", "\u200b", "\u200d", "\u3164"], ids=ascii)
def test_what_cannot_be_seen_in_a_name_is_named(character: str) -> None:
    name = f"U+{ord(character):04X} {unicodedata.name(character)}"

    assert look_alike(f"x{character}y") == f"there is {name} in it, which cannot be seen"


def test_control_characters_have_names_too() -> None:
    assert look_alike("\x85") == "there is U+0085 NEXT LINE in it, which cannot be seen"


@pytest.mark.parametrize("text", ["", "name", "Château", "名前", "ñandú", "ß"])
def test_letters_that_look_like_themselves(text: str) -> None:
    assert look_alike(text) == ""


@given(st.text())
def test_whatever_the_text_there_is_an_answer(text: str) -> None:
    assert isinstance(look_alike(text), str)
    for found in hidden_characters(text, "f"):
        assert found.span.line > 0
        assert found.span.column > 0
