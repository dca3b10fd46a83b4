"""The GitHub writer: workflow commands, which GitHub Actions turns into annotations on a diff.

The form and its escaping: "Workflow commands for GitHub Actions" in GitHub's documentation, and
`escapeData` and `escapeProperty` in `packages/core/src/command.ts` of its toolkit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.text import headline, place, summary_line
from mlspec.diagnostics.visible import paragraph, shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlspec.diagnostics.diagnostic import Diagnostic, Span
    from mlspec.diagnostics.report import Summary


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    sources: Callable[[str], str | None],
    color: bool,
    summary: Summary,
) -> str:
    """One command a diagnostic, and a last plain line for the reader of the log."""
    lines = [*map(_command, diagnostics)]
    if not summary.is_quiet:
        lines.append(summary_line(summary))
    return "".join(f"{line}\n" for line in lines)


def _command(diagnostic: Diagnostic) -> str:
    properties = {
        "file": shown_name(diagnostic.span.file.removeprefix("./")),
        **_region(diagnostic.span),
        "title": f"{diagnostic.code} {CODES[diagnostic.code].name}",
    }
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{diagnostic.severity} {shown}::{_data(_message(diagnostic))}"


def _region(span: Span) -> dict[str, str]:
    if span.line < 1:
        return {}
    end_line, is_whole = max(span.line, span.end_line), span.column < 1
    if end_line > span.line and span.end_column <= 1:
        end_line -= 1  # up to the very start of a line is up to the end of the one before
        is_whole = True
    region = {"line": str(span.line), "endLine": str(end_line)}
    # The runner drops columns, with a complaint in the log, where the two lines differ.
    if end_line == span.line and not is_whole:
        region["col"] = str(span.column)
        region["endColumn"] = str(max(span.column, span.end_column))
    return region


def _message(diagnostic: Diagnostic) -> str:
    parts = [headline(diagnostic), diagnostic.label]
    if diagnostic.help:
        parts.append(f"help: {diagnostic.help}")
    parts += [f"note: {r.message}: {place(r.span)}" for r in diagnostic.related]
    return "\n".join(paragraph(part, "") for part in parts if part)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
