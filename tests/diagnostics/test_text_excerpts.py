"""What a person sees at the terminal: one golden file a case, and outright the facts behind it."""

from __future__ import annotations

import io
import re

import pytest
from syrupy.assertion import SnapshotAssertion

from mlspec.diagnostics import Diagnostic, Edit, Fix, Related, Span, excerpt, visible
from mlspec.diagnostics.report import write_report
from tests.diagnostics.samples import (
    FILE,
    FIXABLE,
    PROJECT,
    SUMMARY,
    UNKNOWN,
    at,
    diagnostic,
    report,
    span,
)

BLOCK = """\
training:
  wine-grader:
    run: python -m wine.train
    inputs: [tidy]
    params:
      trees: 200
      depth: 8
      seed: 1
    framework: sklearn

serving: {}
"""
WIDE = 'metadata: {team: "ワイン部", name: wine}\n'
COMBINING = 'metadata: {team: "cave\u0301e\u0300", name: wine}\n'
HOSTILE = 'metadata:\n  team: "a\x1b[31mb\u202ec\u200bd\x07e\x00"  # end\n'
LONG = "inputs: [" + ", ".join(f"dataset-{i}" for i in range(60)) + "]\n"
SECRET = "data:\n  password: hunter2-and-more\n"

CASES: dict[str, tuple[str | None, list[Diagnostic]]] = {
    "help-and-related": (PROJECT, [UNKNOWN]),
    "environment": (PROJECT, [UNKNOWN.replace(environment="prod", related=())]),
    "environments": (PROJECT, [UNKNOWN.replace(environment="dev, prod", related=())]),
    "warning": (PROJECT, [diagnostic(at(PROJECT, "clean"), code="MLS204")]),
    "no-label": (PROJECT, [diagnostic(at(PROJECT, "clean"), label="")]),
    "file-only": (None, [diagnostic(Span(file=FILE), label="", code="MLS001")]),
    "file-only-with-notes": (
        None,
        [UNKNOWN.replace(span=Span(file=FILE), related=())],
    ),
    "unreadable-source": (None, [UNKNOWN]),
    "safe-fix": (PROJECT, [FIXABLE.replace(related=())]),
    "fix-for-a-person-to-judge": (
        PROJECT,
        [FIXABLE.replace(related=(), fix=FIXABLE.fix and FIXABLE.fix.replace(is_safe=False))],
    ),
    "fix-without-help": (PROJECT, [FIXABLE.replace(related=(), help="")]),
    "fix-in-a-long-line": (
        LONG,
        [diagnostic(at(LONG, "dataset-30")).replace(
            fix=Fix(message="remove it", is_safe=True, edits=(
                Edit(span=at(LONG, "dataset-30"), text=""),
                Edit(span=span(1, 1, 1, 1), text="# one\n# two\n"),
            )))],
    ),
    "several": (PROJECT, [UNKNOWN, diagnostic(at(PROJECT, "clean"), code="MLS204")]),
    "wide-characters": (WIDE, [diagnostic(at(WIDE, "ワイン部")), diagnostic(at(WIDE, "wine"))]),
    "combining-characters": (COMBINING, [diagnostic(at(COMBINING, "wine"))]),
    "tabs": ("a:\n\tb:\tc\n", [diagnostic(at("a:\n\tb:\tc\n", "c"))]),
    "hostile-characters": (HOSTILE, [diagnostic(at(HOSTILE, "# end"))]),
    "hostile-message": (
        PROJECT,
        [diagnostic(Span(file="a\x1b[2Jb"), label="\x9b31m\u2066", message="\x1b]0;owned\x07")],
    ),
    "long-line-start": (LONG, [diagnostic(at(LONG, "dataset-0"))]),
    "long-line-middle": (LONG, [diagnostic(at(LONG, "dataset-30"))]),
    "long-line-end": (LONG, [diagnostic(at(LONG, "dataset-59"))]),
    "long-span": (LONG, [diagnostic(at(LONG, "dataset-5", "dataset-50"))]),
    "long-wide-line": (WIDE * 1 + "字" * 300, [diagnostic(span(2, 150, 2, 152))]),
    "many-lines": (BLOCK, [diagnostic(at(BLOCK, "run:", "[tidy]"))]),
    "many-lines-from-the-middle": (BLOCK, [diagnostic(at(BLOCK, "python", "[tidy"))]),
    "many-lines-with-middle-left-out": (BLOCK, [diagnostic(at(BLOCK, "wine-grader", "sklearn"))]),
    "blank-tail-of-a-block": (BLOCK, [diagnostic(span(5, 5, 11, 1))]),
    "one-line-up-to-the-next": (BLOCK, [diagnostic(span(9, 5, 11, 1))]),
    "end-of-file": (BLOCK, [diagnostic(span(12, 1, 12, 1), label="expected a value")]),
    "blank-line": (BLOCK, [diagnostic(span(10, 1, 10, 1))]),
    "past-the-last-line": (BLOCK, [diagnostic(span(99, 5, 99, 9))]),
    "past-a-last-line-that-is-not-ended": ("a: 1\nb: [", [diagnostic(span(3, 1, 3, 1))]),
    "past-the-end-of-a-line": (BLOCK, [diagnostic(span(4, 19, 4, 25))]),
    "empty-span": (BLOCK, [diagnostic(span(4, 13, 4, 13))]),
    "end-before-start": (BLOCK, [diagnostic(span(4, 13, 3, 1))]),
    "start-only": (BLOCK, [diagnostic(Span(file=FILE, line=4, column=5))]),
    "line-only": (BLOCK, [diagnostic(Span(file=FILE, line=4))]),
    "empty-file": ("", [diagnostic(span(1, 1, 1, 1), label="the file is empty")]),
    "crlf": (BLOCK.replace("\n", "\r\n"), [diagnostic(at(BLOCK, "trees", "seed"))]),
    "byte-order-mark": ("\ufeff" + BLOCK, [diagnostic(at(BLOCK, "training"))]),
    "unicode-line-breaks": ("a: 1\u2028b: 2\x85c: 3\rd: 4\n", [diagnostic(span(4, 1, 4, 2))]),
    "lines-of-a-message": (
        PROJECT,
        [UNKNOWN.replace(message="one\ntwo\n", environment="dev", label="a\nb",
                         help="first\nsecond", related=())],
    ),
    "huge-message": (PROJECT, [diagnostic(at(PROJECT, "clean"), message="x" * 5000)]),
    "lone-surrogates": (
        "a: \udc80b\n",
        [diagnostic(span(1, 5, 1, 6, file="p\udcff.yaml"), message="bad \ud800")],
    ),
    "secret": (SECRET, [diagnostic(at(SECRET, "hunter2-and-more"), code="MLS401")]),
    "gutter-grows-with-related": (
        "a: 1\n" * 120,
        [diagnostic(span(9, 1, 9, 2)).replace(
            related=(Related(message="and here", span=span(112, 1, 112, 2)),))],
    ),
    "related-over-many-lines": (
        BLOCK,
        [diagnostic(span(1, 1, 1, 9)).replace(
            related=(Related(message="this part", span=span(2, 3, 9, 5)),))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_text_is_as_it_was_found_good(case: str, golden: SnapshotAssertion) -> None:
    text, diagnostics = CASES[case]
    assert report(diagnostics, text=text) == golden


def test_colour_adds_nothing_but_colour(golden: SnapshotAssertion) -> None:
    colored = report([FIXABLE], color=True)
    assert colored.replace("\x1b", "ESC") == golden
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == report([FIXABLE])


def test_only_what_an_option_would_mend_is_marked() -> None:
    assert "help: did you mean `tidy`? [--fix]\n" in report([FIXABLE])
    assert FIXABLE.fix is not None
    offered = FIXABLE.replace(fix=FIXABLE.fix.replace(is_safe=False))
    assert report([offered]) == report([UNKNOWN])


def test_a_message_is_on_one_line_and_its_place_on_the_next() -> None:
    first, second, *others = report([UNKNOWN.replace(message="one\r\ntwo\nthree")]).splitlines()
    assert (first, second) == ("error[MLS201]: one", f" --> {FILE}:8:14")
    assert "  = note: two" in others


def test_nothing_is_coloured_unasked() -> None:
    for text, diagnostics in CASES.values():
        assert "\x1b" not in report(diagnostics, text=text)


def test_carets_stand_under_wide_characters() -> None:
    rows = report([diagnostic(at(WIDE, "wine"))], text=WIDE).splitlines()
    source = next(row for row in rows if "ワイン部" in row)
    carets = next(row for row in rows if "^" in row)
    before = source[: source.index("wine")]
    assert carets.index("^") == len(before) + len("ワイン部")  # each of the four takes two cells
    assert carets.count("^") == len("wine")


def test_a_hostile_line_is_shown_escaped_and_the_caret_still_fits() -> None:
    rows = report([diagnostic(at(HOSTILE, "# end"))], text=HOSTILE).splitlines()
    source = next(row for row in rows if "team" in row)
    assert r"a\x1b[31mb\u202ec\u200bd\x07e\x00" in source
    assert rows[rows.index(source) + 1].index("^") == source.index("# end")


@pytest.mark.parametrize("name", ["dataset-0", "dataset-30", "dataset-59"])
def test_a_long_line_is_cut_around_the_mark(name: str) -> None:
    rows = report([diagnostic(at(LONG, name))], text=LONG).splitlines()
    source = next(row for row in rows if row.startswith("1 | "))
    carets = rows[rows.index(source) + 1]
    assert len(source) <= len("1 | ") + 100
    assert source[carets.index("^") : carets.rindex("^") + 1] == name


def test_a_line_of_megabytes_is_not_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    def counting(text: str) -> list[tuple[str, int]]:
        looked_at.append(len(text))
        return visible.pieces(text)

    monkeypatch.setattr(excerpt, "pieces", counting)
    report([diagnostic(span(1, 500_000, 1, 900_000))], text="x" * 1_000_000)
    assert max(looked_at) <= 3 * excerpt.MAX_CELLS


def test_a_secret_is_masked_in_every_excerpt_of_its_file() -> None:
    nearby = diagnostic(at(SECRET, "password", "hunter2-and-more"), label="nearby")
    shown = report([nearby, diagnostic(at(SECRET, "hunter2-and-more"), code="MLS401")], text=SECRET)
    assert "hunter2" not in shown
    assert shown.count("password: ****************") == 2


@pytest.mark.parametrize("where", [Span(file=FILE, line=2), span(1, 3, 3, 1)], ids=str)
def test_a_secret_is_masked_whatever_its_span_is_like(where: Span) -> None:
    assert "hunter2" not in report([diagnostic(where, code="MLS401")], text=SECRET)


def test_each_file_is_read_once() -> None:
    reads: list[str] = []

    def source(file: str) -> str:
        reads.append(file)
        return PROJECT

    write_report(
        [UNKNOWN, diagnostic(at(PROJECT, "clean"))], format="text", stream=io.StringIO(),
        sources=source, color=False, summary=SUMMARY,
    )  # fmt: skip
    assert reads == [FILE]
