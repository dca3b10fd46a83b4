"""Workflow commands, to the character: GitHub says nothing when it cannot read one."""

from __future__ import annotations

import pytest

from mlspec.diagnostics import Diagnostic, Span
from tests.diagnostics.samples import FILE, FIXABLE, UNKNOWN, diagnostic, report, span


def _commands(*diagnostics: Diagnostic) -> list[str]:
    return report(diagnostics, format="github", text=None).splitlines()[:-1]


def test_all_that_is_known_is_said() -> None:
    assert _commands(UNKNOWN.replace(environment="prod")) == [
        f"::error file={FILE},line=8,endLine=8,col=14,endColumn=19,"
        "title=MLS201 unknown-reference::"
        "`tidyy` is not a data set (in environment prod)%0A"
        "no source and no output has this name%0A"
        "help: did you mean `tidy`?%0A"
        f"note: the nearest name is defined here: {FILE}:5:15"
    ]


def _place_of(where: Span) -> str:
    (command,) = _commands(diagnostic(where))
    return command.split(" ", 1)[1].split(",title=")[0]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param(Span(file="a.yaml"), "file=a.yaml", id="file-only"),
        pytest.param(Span(file="a", line=3), "file=a,line=3,endLine=3", id="line-only"),
        pytest.param(
            Span(file="a", line=3, column=5),
            "file=a,line=3,endLine=3,col=5,endColumn=5",
            id="start-only",
        ),
        pytest.param(span(3, 5, 7, 9, file="a"), "file=a,line=3,endLine=7", id="many-lines"),
        pytest.param(span(3, 5, 7, 1, file="a"), "file=a,line=3,endLine=6", id="block"),
        pytest.param(span(3, 5, 4, 1, file="a"), "file=a,line=3,endLine=3", id="line-break"),
        pytest.param(Span(file="./a:b,c%.yaml"), "file=a%3Ab%2Cc%25.yaml", id="escapes"),
    ],
)
def test_a_place(where: Span, expected: str) -> None:
    assert _place_of(where) == expected


def test_a_warning_is_one() -> None:
    (command,) = _commands(diagnostic(Span(file="a"), code="MLS204"))
    assert command == "::warning file=a,title=MLS204 unused-source::something is wrong%0Ahere"


def test_no_text_can_begin_a_command_of_its_own() -> None:
    hostile = "100%\r\n::set-output name=a::b\n::stop-commands::x"
    (command,) = _commands(diagnostic(Span(file=f"f\n{hostile}"), message=hostile, label=hostile))
    assert command.startswith("::error file=f\\n100%25\\r\\n%3A%3Aset-output")
    assert command.count("100%25%0A::set-output") == 2


@pytest.mark.parametrize("file", ["../shared/platform.yaml", "/etc/mlspec/platform.yaml"])
def test_a_file_outside_of_the_repository_keeps_its_path(file: str) -> None:
    """GitHub shows it with the run instead of the diff; a runner cuts its own workspace off."""
    assert _place_of(Span(file=file, line=1)) == f"file={file},line=1,endLine=1"


def test_a_strict_warning_is_an_error() -> None:
    warning = diagnostic(Span(file="a"), code="MLS204").replace(is_strict=True)
    assert _commands(warning)[0].startswith("::error file=a,title=MLS204 ")


def test_a_fix_is_not_spoken_of_but_counted() -> None:
    assert _commands(FIXABLE)[0] == _commands(UNKNOWN)[0]
    assert report([FIXABLE], format="github").endswith("can be mended by `mlspec validate --fix`\n")


def test_every_diagnostic_is_in_the_log() -> None:
    """GitHub makes annotations of the first few; the others can be read there."""
    many = [diagnostic(Span(file="a", line=number)) for number in range(1, 201)]
    assert len(_commands(*many)) == 200


def test_the_log_ends_with_the_counts() -> None:
    assert report([UNKNOWN], format="github").splitlines()[-1] == "1 error in 1 project (0.05 s)"
