"""What the YAML parser says, in words that help. Read only when a file is not well-formed."""

from __future__ import annotations

import re

from mlspec.diagnostics import Diagnostic, Related, Span
from mlspec.diagnostics.excerpt import split_lines

_SHOWN = 60
"""Characters of the user's own text in a help."""

_PLAIN_WORDS = (
    # (part of the parser's message, what it means, what to do)
    ("found character '\\t'", "a tab cannot be used here", "indent with spaces"),
    ("found a tab character", "a tab cannot be used for indentation", "indent with spaces"),
    (
        "did not find expected alphabetic or numeric character",
        "`*` and `&` begin an alias or an anchor in YAML",
        "put the value in quotes",
    ),
    (
        "did not find expected comment or line break",
        "`|` and `>` begin a text of several lines in YAML",
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
        "begin the line in the same column as the keys beside it; they have as many spaces each",
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
    (
        "found unknown escape",
        "an escape that YAML does not know",
        "in a path, write `/` for `\\`; else use single quotes instead of double ones",
    ),
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
_CLOSERS = {"[": "]", "{": "}"}
_SPACELESS = re.compile(r"\s*(?:- )?([A-Za-z_][\w-]*):[^\s:/][^:]*")
"""A key and a value without the space that YAML wants between them."""
_PLAIN_VALUE = re.compile(r"\s*(?:- )?([\w-]+):\s+[^\s\"'\[{|>#][^\"]*")
_MENDED_BY_QUOTES = (
    "mapping values", "cannot start any token", "alphabetic or numeric", "comment or line break",
)  # fmt: skip
_ENDED = re.compile(r"\s*(?:- )?([\w-]+):\s+(?:'.*'|\".*\"|\[.*\]|\{.*\})\s*")
"""A key and a value that YAML takes to be all there is."""
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_PLACEHOLDER = re.compile(r"[^\s,\[\]{}\"']*\{\{[^{}]*\}\}[^\s,\[\]{}\"']*")
"""A word with braces in it, of a line without its texts in quotes."""
_COLON_IN_TEXT = re.compile(r"[\w-]+:\s+[^\s\"'\[{,}][^\"'\[{,}]*:\s")
"""In a flow map: a key, and a text that YAML takes for another key."""


_CONFLICT = re.compile(r"^(<<<<<<<) .*?^=======\r?$.*?^>>>>>>> ", re.MULTILINE | re.DOTALL)
"""What Git leaves in a file that two branches have changed in one place."""


def describe(error: Exception, text: str, file: str) -> Diagnostic:
    """The parser's exception as a diagnostic (MLS003, or MLS002 for characters YAML forbids)."""
    if conflict := conflict_in(text, file):
        return conflict
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    message, help_text = said, ""
    for part, meaning, advice in _PLAIN_WORDS:
        if part in said:
            message, help_text = meaning, advice
            break
    span = _span_of(error, text, file)
    lines = split_lines(text)
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        message, help_text = "a tab cannot be used for indentation", "indent with spaces"
    elif "did not find expected key" in said and (
        found := _ENDED.fullmatch(line[: span.column - 1])
    ):
        message = "the value goes on after its closing quote or bracket"
        help_text = f"put all of it in quotes, or on the next line after `{found[1]}: |`"
    elif message != said:
        help_text = _advice(error, said, lines, span.line) or help_text
    code = "MLS002" if "control character" in message or "position" in said else "MLS003"
    return Diagnostic(
        code=code, message=message, span=span, help=help_text, related=_opened(error, said, file)
    )


def conflict_in(text: str, file: str) -> Diagnostic | None:
    """What to do about a merge that nobody has finished; None for any other text."""
    found = _CONFLICT.search(text)
    if found is None:
        return None
    line = text.count("\n", 0, found.start()) + 1
    help = "keep what is right of the two sides, and remove the lines with <<<<<<<, ======= and >>>"
    if file.endswith("mlspec.lock"):
        help = (
            "take one side as it is, `git checkout --ours mlspec.lock` or `--theirs`, then run "
            "`mlspec lock` again and `mlspec render --force`"
        )
    span = Span(file=file, line=line, column=1, end_line=line, end_column=8)
    message = "the file holds the conflict of a Git merge"
    return Diagnostic(code="MLS003", message=message, span=span, help=help)


def _advice(error: Exception, said: str, lines: list[str], number: int) -> str:
    """What to write, from the very line, where that can be told."""
    if any(part in said for part in _UNCLOSED):
        return _how_to_close(error, lines)
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    if "mapping values" in said or "expected ':'" in said:
        for above in (number - 1, number):
            found = _SPACELESS.fullmatch(lines[above - 1]) if 0 < above <= len(lines) else None
            if found:
                return f"put a space after `{found[1]}:` in line {above}"
    found = _PLAIN_VALUE.fullmatch(line)
    if found and any(part in said for part in _MENDED_BY_QUOTES):
        return f'put the value in quotes: `{found[1]}: "…"`'  # it may be a secret
    return ""


def _how_to_close(error: Exception, lines: list[str]) -> str:
    mark = getattr(error, "context_mark", None)
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    closer = _CLOSERS.get(line[mark.column : mark.column + 1]) if mark is not None else None
    if closer is None:
        return ""
    if found := _PLACEHOLDER.search(_QUOTED.sub(lambda quoted: "," * len(quoted[0]), line)):
        return f'put `{_short(found[0])}` in quotes: "{_short(found[0])}"'
    if closer == "}" and _COLON_IN_TEXT.search(line):
        return f'put a text with `: ` in quotes ("..."), or close the bracket with `{closer}`'
    return f"close it with `{closer}`, or put a comma between the items"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


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
        lines = split_lines(text)
        line, column = mark.line + 1, mark.column + 1
        if line > len(lines):  # a file without a line end at its end: libyaml adds one
            line, column = len(lines), len(lines[-1]) + 1
        column = min(column, len(lines[line - 1]) + 1)  # after a lone `\r` it counts on
        return Span(file=file, line=line, column=column, end_line=line, end_column=column + 1)
    position = getattr(error, "position", None)
    if isinstance(position, int):  # counted in bytes
        before = text.encode(errors="replace")[:position].decode(errors="replace")
        lines = split_lines(before)
        line, column = len(lines), len(lines[-1]) + 1
        return Span(file=file, line=line, column=column, end_line=line, end_column=column + 1)
    return Span(file=file)
