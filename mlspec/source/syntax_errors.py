"""What the YAML parser says, in words that help. Read only when a file is not well-formed."""

from __future__ import annotations

import re

from mlspec.diagnostics import Diagnostic, Related, Span

_BREAKS = re.compile("[\n\r\x85\u2028\u2029]")
"""What libyaml takes for the end of a line. (Text is read with `\r\n` made `\n`.)"""

_PLAIN_WORDS = (
    # (part of the parser's message, what it means, what to do)
    ("found character '\\t'", "a tab cannot be used here", "indent with spaces"),
    ("found a tab character", "a tab cannot be used for indentation", "indent with spaces"),
    (
        "did not find expected alphabetic or numeric character",
        "`*` and `&` begin an alias or an anchor in YAML",
        "put the value in quotes",
    ),
    ("cannot start any token", "this character cannot begin a value", "put the value in quotes"),
    (
        "mapping values are not allowed",
        "a `:` that YAML does not expect here",
        'put a text with `: ` in quotes ("..."), or check the indentation',
    ),
    (
        "could not find expected ':'",
        "a key without its `:`",
        "write `key: value`; check the line above and its quotes",
    ),
    (
        "did not find expected key",
        "the indentation or a bracket does not fit what stands above",
        "",
    ),
    (
        "did not find expected ',' or",
        "a bracket is not closed, or a comma is missing",
        "in `{...}` and `[...]`, put a text with braces, such as ${{ ... }}, in quotes",
    ),
    (
        "did not find expected '-'",
        "the items of this list are not aligned",
        "begin each item with `- ` in the same column",
    ),
    ("found unexpected end of stream", "the file ends inside a quoted text", "close the quotes"),
    ("found unknown escape", "an escape that YAML does not know", "use single quotes around it"),
    ("invalid Unicode character escape", "an escape of half a character", "write it itself"),
    ("control characters are not allowed", "a control character in the text", "remove it"),
    (
        "did not find expected node content",
        "a value is missing here, or a bracket is not closed",
        "check the brackets and commas",
    ),
    (
        "did not find expected <document start>",
        "something follows where the document has ended",
        "check for a bracket too many",
    ),
    ("unknown directive", "a line that begins with `%`", "put the text in quotes"),
    (
        "block sequence entries are not allowed",
        "a list cannot begin here",
        "begin each item with `- ` on a line of its own, below its key",
    ),
)

_UNCLOSED = ("found unexpected end of stream", "did not find expected ',' or")


def describe(error: Exception, text: str, file: str) -> Diagnostic:
    """The parser's exception as a diagnostic (MLS003, or MLS002 for characters YAML forbids)."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    message, help_text = said, ""
    for part, meaning, advice in _PLAIN_WORDS:
        if part in said:
            message, help_text = meaning, advice
            break
    span = _span_of(error, text, file)
    lines = _BREAKS.split(text)
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        message, help_text = "a tab cannot be used for indentation", "indent with spaces"
    code = "MLS002" if "control character" in message or "position" in said else "MLS003"
    return Diagnostic(
        code=code, message=message, span=span, help=help_text, related=_opened(error, said, file)
    )


def _opened(error: Exception, said: str, file: str) -> tuple[Related, ...]:
    """Where the quotes or the bracket open that do not close."""
    mark = getattr(error, "context_mark", None)
    if mark is None or not any(part in said for part in _UNCLOSED):
        return ()
    at = {"line": mark.line + 1, "end_line": mark.line + 1}
    span = Span(file=file, column=mark.column + 1, end_column=mark.column + 2, **at)
    return (Related(message="it opens here", span=span),)


def _span_of(error: Exception, text: str, file: str) -> Span:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        at = (mark.line + 1, mark.column + 1)
        return Span(file=file, line=at[0], column=at[1], end_line=at[0], end_column=at[1] + 1)
    position = getattr(error, "position", None)
    if isinstance(position, int):  # counted in bytes
        before = text.encode(errors="replace")[:position].decode(errors="replace")
        lines = _BREAKS.split(before)
        line, column = len(lines), len(lines[-1]) + 1
        return Span(file=file, line=line, column=column, end_line=line, end_column=column + 1)
    return Span(file=file)
