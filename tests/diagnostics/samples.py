"""Short ways to say diagnostics, places and reports in the tests of this folder."""

from __future__ import annotations

import io
from collections.abc import Sequence

from mlspec.diagnostics import Diagnostic, Edit, Fix, Related, Span
from mlspec.diagnostics.report import Summary, write_report

FILE = "projects/example/project.yaml"
SUMMARY = Summary(projects=1, files=2, environments=3, seconds=0.0468)

PROJECT = """\
apiVersion: mlspec.io/v1alpha1
transforms:
  clean:
    run: python -m wine.clean
    outputs: {tidy: {format: parquet}}
training:
  wine-grader:
    inputs: [tidyy]
"""


def span(line: int, column: int, end_line: int, end_column: int, file: str = FILE) -> Span:
    return Span(file=file, line=line, column=column, end_line=end_line, end_column=end_column)


def at(text: str, start: str, end: str | None = None, file: str = FILE) -> Span:
    """The span of the first `start` in `text`, up to the end of the first `end` after it."""
    first = text.index(start)
    past = first + len(start) if end is None else text.index(end, first) + len(end)
    return span(*_position(text, first), *_position(text, past), file=file)


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


UNKNOWN = Diagnostic(
    code="MLS201",
    message="`tidyy` is not a data set",
    span=at(PROJECT, "tidyy"),
    label="no source and no output has this name",
    help="did you mean `tidy`?",
    related=(Related(message="the nearest name is defined here", span=at(PROJECT, "tidy")),),
)

FIXABLE = UNKNOWN.replace(
    fix=Fix(message="write `tidy`", edits=(Edit(span=UNKNOWN.span, text="tidy"),), is_safe=True)
)


def diagnostic(
    where: Span, label: str = "here", code: str = "MLS101", message: str = "something is wrong"
) -> Diagnostic:
    return Diagnostic(code=code, message=message, span=where, label=label)


def report(
    diagnostics: Sequence[Diagnostic],
    format: str = "text",
    text: str | None = PROJECT,
    color: bool = False,
    summary: Summary = SUMMARY,
    limit: int | None = None,
) -> str:
    """What `write_report` writes when every file reads as `text`."""
    stream = io.StringIO()
    write_report(
        diagnostics, format=format, stream=stream, sources=lambda _: text, color=color,
        summary=summary, limit=limit,
    )  # fmt: skip
    return stream.getvalue()
