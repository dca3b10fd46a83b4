"""Which diagnostics a comment may silence, and what is said of comments that do not."""

from __future__ import annotations

import pytest

from mlspec.diagnostics import Diagnostic, Span
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.policy import Ignore, can_be_ignored, misused, silenced

HERE = Span(file="p.yaml", line=3, column=5, end_line=3, end_column=9)


def ignore(*codes: str, line: int = 3, reason: str = "because", well: bool = True) -> Ignore:
    return Ignore(
        span=HERE, line=line, codes=codes, reason=reason, is_well_formed=well, bracket=HERE,
        removal=HERE,
    )  # fmt: skip


def diagnostic(code: str = "MLS204", span: Span = HERE) -> Diagnostic:
    return Diagnostic(code=code, message="m", span=span)


def said(comment: Ignore, *diagnostics: Diagnostic) -> list[tuple[str, str]]:
    _, used = silenced(diagnostics, [comment])
    return [(found.code, found.message) for found in misused(comment, used)]


def test_warnings_and_guesses_can_be_ignored_and_nothing_else() -> None:
    expected = {
        code
        for code, about in CODES.items()
        if about.severity == "warning" and code not in ("MLS007", "MLS008", "MLS802")
    }

    assert {code for code in CODES if can_be_ignored(code)} == {*expected, "MLS401"}
    assert not can_be_ignored("MLS999")


def test_a_comment_silences_its_code_on_its_line_in_its_file() -> None:
    others = [
        diagnostic("MLS302"),
        diagnostic(span=HERE.replace(line=4, end_line=4)),
        diagnostic(span=HERE.replace(file="q.yaml")),
    ]

    kept, used = silenced([diagnostic(), *others], [ignore("MLS204")])

    assert kept == others
    assert used == {(ignore("MLS204"), "MLS204")}


def test_all_diagnostics_of_the_code_on_the_line_are_silenced() -> None:
    prod = diagnostic().replace(environment="prod")

    assert silenced([diagnostic(), prod], [ignore("MLS204")])[0] == []


def test_behind_a_text_of_several_lines_a_comment_counts_as_well() -> None:
    long = diagnostic(span=HERE.replace(line=1, end_line=3))

    assert silenced([long], [ignore("MLS204")])[0] == []


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param(ignore("MLS204", reason=""), id="no-reason"),
        pytest.param(ignore("MLS204", well=False), id="another-form"),
        pytest.param(ignore("MLS204", line=4), id="another-line"),
        pytest.param(ignore("MLS302"), id="another-code"),
    ],
)
def test_other_comments_silence_nothing(comment: Ignore) -> None:
    assert silenced([diagnostic()], [comment])[0] == [diagnostic()]


def test_an_error_is_never_silenced() -> None:
    wrong = diagnostic("MLS201")

    assert silenced([wrong], [ignore("MLS201")])[0] == [wrong]
    assert said(ignore("MLS201"), wrong) == [
        ("MLS008", "MLS201 is an error, and errors cannot be ignored")
    ]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        (ignore(), "the comment does not say which code to ignore"),
        (ignore(well=False), "the comment does not say which code to ignore"),
        (ignore("MLS204", well=False), "this comment ignores nothing: it is not of the form"),
        (ignore("MLS204", reason=""), "the comment gives no reason"),
        (ignore("MLS999"), "there is no code `MLS999`"),
        (ignore("X" * 99), f"there is no code `{'X' * 20}…`"),
        (ignore("MLS007"), "MLS007 is about comments such as this, and cannot be ignored"),
        (ignore(*["MLS204"] * 11), "the comment ignores more than 10 codes"),
    ],
)
def test_a_comment_that_cannot_be_obeyed(comment: Ignore, message: str) -> None:
    assert said(comment) == [("MLS008", message)]


def test_a_comment_that_silences_nothing_is_said_once_with_all_its_codes() -> None:
    comment = ignore("MLS204", "MLS302", "MLS401")

    assert said(comment) == [
        ("MLS007", "there is no MLS204 and no MLS302 and no MLS401 on line 3 to ignore")
    ]
    [found] = misused(comment, set())
    assert found.fix is not None
    assert found.fix.is_safe
    assert [(edit.span, edit.text) for edit in found.fix.edits] == [(comment.removal, "")]


def test_of_several_codes_only_the_unused_one_is_to_be_removed() -> None:
    comment = ignore("MLS204", "MLS302").replace(bracket=HERE.replace(column=6))

    [found] = misused(comment, {(comment, "MLS302")})

    assert found.message == "there is no MLS204 on line 3 to ignore"
    assert found.fix is not None
    assert [(edit.span, edit.text) for edit in found.fix.edits] == [(comment.bracket, "MLS302")]


def test_a_code_that_does_not_exist_does_not_go_with_an_unused_one() -> None:
    comment = ignore("MLS999", "MLS204")

    _, unused = misused(comment, set())

    assert unused.fix is not None
    assert unused.fix.edits[0].text == "MLS999"
