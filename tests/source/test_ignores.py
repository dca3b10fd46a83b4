"""Comments that silence are told from other comments, and from texts that look like them."""

from __future__ import annotations

import pytest

from mlspec.diagnostics.policy import Ignore
from mlspec.source.ignores import MAX_IGNORES, ignores_in
from mlspec.source.parser import parse
from tests.specs import span_text

IGNORE = "# mlspec: ignore[MLS204] it is for the audit"


def found(text: str) -> list[Ignore]:
    return ignores_in(parse(text, "p.yaml"))


def only(text: str) -> Ignore:
    [ignore] = found(text)
    return ignore


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(f"a: 1\nb: 2  {IGNORE}\n", 2, id="at-the-end-of-a-line"),
        pytest.param(f"a: 1\n{IGNORE}\nb: 2\n", 3, id="above"),
        pytest.param(f"a:\n  b: 1\n    {IGNORE}\n  c: 2\n", 4, id="above-and-indented"),
        pytest.param(f"a: 1\n{IGNORE}\n\n# more\nb: 2\n", 5, id="above-more-comments"),
        pytest.param(f"a: 1\n# see below {IGNORE}\nb: 2\n", 3, id="after-words-of-its-own"),
        pytest.param(f"a: 1\t{IGNORE}\n", 1, id="after-a-tab"),
        pytest.param(f"a: [1,  {IGNORE}\n    2]\n", 1, id="in-a-list"),
        pytest.param(f"a: {{b: 1,\n  {IGNORE}\n    c: 2}}\n", 3, id="in-a-mapping"),
        pytest.param(f'a: "x # y"  {IGNORE}\n', 1, id="after-quotes-with-a-hash"),
        pytest.param(f"a: |  {IGNORE}\n  text\n", 1, id="beside-the-sign-of-a-block"),
        pytest.param(f"a: |\n  text\n{IGNORE}\nb: 1\n", 4, id="after-a-block"),
        pytest.param(f"a: 'x\n  y' {IGNORE}\n", 2, id="after-quotes-of-two-lines"),
        pytest.param(f"a: 1\n{IGNORE}\n", 0, id="above-nothing"),
        pytest.param(f"a: 1 {IGNORE.upper()}\n", 1, id="in-capitals"),
        pytest.param(f"# x\u2028a: 1 {IGNORE}\n", 2, id="after-a-line-separator"),
    ],
)  # fmt: skip
def test_a_comment_is_about_its_line_or_the_next(text: str, line: int) -> None:
    ignore = only(text)

    assert ignore.line == line
    assert ignore.codes == ("MLS204",)
    assert ignore.reason.lower() == "it is for the audit"
    assert ignore.is_well_formed


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'a: "x {IGNORE}"\n', id="double-quotes"),
        pytest.param(f"a: 'x {IGNORE}'\n", id="single-quotes"),
        pytest.param(f"a: 'x\n  {IGNORE}\n  y'\n", id="quotes-of-several-lines"),
        pytest.param(f"a: |\n  {IGNORE}\n  x\nb: 1\n", id="literal-block"),
        pytest.param(f"a: >-\n\n  x {IGNORE}\n", id="folded-block"),
        pytest.param("a: x#mlspec:ignore[MLS204]\n", id="no-space-before"),
        pytest.param("a: 1 # mlspec: see the manual\n", id="other-words"),
        pytest.param("a: 1 # we never ignore MLS204 lightly\n", id="prose"),
        pytest.param("a: 1 # noqa: E501\n", id="another-tool"),
    ],
)
def test_what_only_looks_like_it_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("comment", "codes", "reason"),
    [
        ("# mlspec: ignore[MLS204,MLS302] a", ("MLS204", "MLS302"), "a"),
        ("# mlspec: ignore[ MLS204 , MLS302 ]: a", ("MLS204", "MLS302"), "a"),
        ("# mlspec: ignore[mls204 MLS204] - a", ("MLS204",), "a"),
        ("#mlspec:ignore[MLS204] see #12", ("MLS204",), "see #12"),
        ("# mlspec: ignore[MLS204] a # not of it", ("MLS204",), "a"),
        ("# mlspec: ignore[MLS204]", ("MLS204",), ""),
        ("# mlspec: ignore[] a", (), "a"),
    ],
)
def test_codes_and_reason(comment: str, codes: tuple[str, ...], reason: str) -> None:
    ignore = only(f"a: 1  {comment}\n")

    assert (ignore.codes, ignore.reason) == (codes, reason)
    assert ignore.is_well_formed


@pytest.mark.parametrize(
    "comment",
    [
        "# mlspec:ignore MLS204 a",
        "# mlspec: ignore MLS204",
        "# mlspec: ignore[MLS204 a",
        "# mlspec ignore[MLS204] a",
        "# mlspec: ignored[MLS204] a",
        "# mlspec: disable=MLS204 a",
        "# noqa: MLS204",
        "# ignore MLS204",
    ],
)
def test_a_comment_that_was_meant_is_found_with_its_code(comment: str) -> None:
    ignore = only(f"a: 1  {comment}\n")

    assert not ignore.is_well_formed
    assert ignore.codes == ("MLS204",)


def test_a_comment_without_any_code_is_not_well_formed() -> None:
    ignore = only("a: 1 # mlspec: ignore this\n")

    assert (ignore.is_well_formed, ignore.codes) == (False, ())


def test_two_comments_on_a_line_are_two() -> None:
    first, second = found("a: 1 # mlspec: ignore[MLS204] a # mlspec: ignore[MLS302] b\n")

    assert (first.codes, first.reason) == (("MLS204",), "a")
    assert (second.codes, second.reason) == (("MLS302",), "b")


@pytest.mark.parametrize(
    ("text", "removed"),
    [
        pytest.param(f"a: 1  {IGNORE}\nb: 2\n", f"  {IGNORE}", id="behind-a-value"),
        pytest.param(f"a:\n  {IGNORE}\n  b: 2\n", f"  {IGNORE}\n", id="alone-on-its-line"),
        pytest.param(f"a: 1\n  {IGNORE}", f"  {IGNORE}", id="alone-on-the-last-line"),
        pytest.param(f"a: 1 # x {IGNORE}\n", f" {IGNORE}", id="behind-another"),
        pytest.param(f"a: 1 {IGNORE} # x\n", f" {IGNORE}", id="before-another"),
    ],
)
def test_what_goes_with_the_comment(text: str, removed: str) -> None:
    ignore = only(text)

    assert span_text(ignore.removal, text) == removed
    assert span_text(ignore.span, text).strip() == IGNORE


def test_the_bracket_is_what_is_in_it() -> None:
    text = "a: 1 # mlspec: ignore[MLS204, MLS302] a\n"

    assert span_text(only(text).bracket, text) == "MLS204, MLS302"


def test_a_file_of_nothing_but_comments_is_cut_short() -> None:
    text = "a: 1\n" + f"{IGNORE}\n" * 20_000

    assert len(found(text)) == MAX_IGNORES
