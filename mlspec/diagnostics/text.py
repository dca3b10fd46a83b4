"""The text writer: diagnostics for a person at a terminal, in the manner of rustc and ruff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import paragraph, shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlspec.diagnostics.diagnostic import Diagnostic, Related, Span
    from mlspec.diagnostics.excerpt import Row, SourceLines
    from mlspec.diagnostics.report import Summary

# SGR codes: https://www.ecma-international.org/publications-and-standards/standards/ecma-48/
STYLES = {"error": "1;31", "warning": "1;33", "ok": "1;32", "frame": "1;34", "strong": "1"}
_PLAIN = dict.fromkeys(STYLES, "")

FIX_MARK = "[--fix]"
"""Stands behind the help of a mistake that `mlspec validate --fix` would mend."""


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    sources: Callable[[str], str | None],
    color: bool,
    summary: Summary,
) -> str:
    """Each diagnostic with its excerpt, a blank line between them, and a last line that counts."""
    blocks = []
    if diagnostics:
        from mlspec.diagnostics.excerpt import SourceLines

        lines = SourceLines(sources, diagnostics)
        styles = STYLES if color else _PLAIN
        blocks = [_Block(d, lines, styles).render() for d in diagnostics]
    if not summary.is_quiet:
        blocks.append(summary_line(summary, color=color) + "\n")
    return "\n".join(blocks)


def summary_line(summary: Summary, *, color: bool = False) -> str:
    """`2 errors, 1 warning in 1 project (0.05 s)`, or that there are no problems; below it what is
    not shown, and what a machine can mend."""
    styles = STYLES if color else _PLAIN
    counts = []
    if summary.errors:
        counts.append(_paint(styles["error"], _count(summary.errors, "error")))
    if summary.warnings:
        counts.append(_paint(styles["warning"], _count(summary.warnings, "warning")))
    where = _count(summary.projects, "project")
    if not summary.projects:  # a platform file or a lock file by itself
        where = _count(summary.files, "file")
    time = f"({summary.seconds:.2f} s)"
    if counts:
        lines = [f"{', '.join(counts)} in {where} {time}"]
        if summary.left_out:
            lines.append(f"{summary.left_out:,} of them are not shown (--max-errors)")
        if summary.fixable:
            lines.append(f"{summary.fixable:,} can be mended by `mlspec validate --fix`")
        return "\n".join(lines)
    if summary.environments:
        where += f", {_count(summary.environments, 'environment')}"
    return f"{where}: {_paint(styles['ok'], 'no problems')} {time}"


def place(span: Span) -> str:
    """`file:line:column`, as far as it is known; editors and terminals make it a link."""
    numbers = [n for n in (span.line, span.column) if n] if span.line else []
    return ":".join([shown_name(span.file), *map(str, numbers)])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _paint(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style and text else text


class _Block:
    """One diagnostic on its way to text: the parts share its gutter, its colours and its files."""

    def __init__(self, diagnostic: Diagnostic, lines: SourceLines, styles: dict[str, str]) -> None:
        self.diagnostic = diagnostic
        self.lines = lines
        self.styles = styles
        self.tone = styles[diagnostic.severity]
        spans = [diagnostic.span, *(r.span for r in diagnostic.related if _is_short(r.span))]
        self.gutter = len(str(max(map(self._last_line, spans))))

    def render(self) -> str:
        """The block, each line ended by a newline."""
        out = [self._header(), self._arrow()]
        excerpt = self._excerpt(self.diagnostic.span, self.diagnostic.label, "^")
        notes = self._notes(is_label_shown=bool(excerpt))
        if excerpt:
            out += [self._frame("|"), *excerpt]
        if notes:
            out += [self._frame("|"), *notes]
        return "".join(f"{line}\n" for line in out)

    def _header(self) -> str:
        diagnostic = self.diagnostic
        name = _paint(self.tone, f"{diagnostic.severity}[{diagnostic.code}]")
        message, _ = _first_line(headline(diagnostic))
        return name + _paint(self.styles["strong"], f": {paragraph(message, '')}")

    def _arrow(self) -> str:
        return f"{' ' * self.gutter}{self._in_frame('-->')} {place(self.diagnostic.span)}"

    def _notes(self, *, is_label_shown: bool) -> list[str]:
        diagnostic = self.diagnostic
        notes = []
        _, more = _first_line(headline(diagnostic))
        if more:
            notes.append(self._note("note", more))
        if diagnostic.label and not is_label_shown:
            notes.append(self._note("note", diagnostic.label))
        fix = diagnostic.fix
        if diagnostic.help or fix:
            mark = f" {_paint(self.styles['ok'], FIX_MARK)}" if fix and fix.is_safe else ""
            notes.append(self._note("help", diagnostic.help or (fix.message if fix else ""), mark))
        for related in diagnostic.related:
            notes += self._related(related)
        return notes

    def _note(self, kind: str, text: str, after: str = "") -> str:
        indent = " " * (self.gutter + len(f" = {kind}: "))
        head = _paint(self.styles["strong"], kind)
        return f"{self._frame('=')} {head}: {paragraph(text, indent)}{after}"

    def _related(self, related: Related) -> list[str]:
        out = [self._note("note", related.message, f": {place(related.span)}")]
        if _is_short(related.span):
            rows = self._excerpt(related.span, "", "-")
            out += [self._frame("|"), *rows] if rows else []
        return out

    def _excerpt(self, span: Span, label: str, mark: str) -> list[str]:
        lines = self.lines.of(span.file) if span.line > 0 else None
        if lines is None:
            return []
        from mlspec.diagnostics.excerpt import excerpt

        tone = self.tone if mark == "^" else self.styles["frame"]
        return [self._row(row, tone) for row in excerpt(lines, span, label, mark)]

    def _row(self, row: Row, tone: str) -> str:
        number = str(row.number or "").rjust(self.gutter)
        body = f" {_paint(tone, row.bar)}{row.text}{_paint(tone, row.marks)}".rstrip()
        return self._in_frame(f"{number} |") + body

    def _last_line(self, span: Span) -> int:
        lines = self.lines.of(span.file) if span.line > 0 else None
        if lines is None:
            return 0
        from mlspec.diagnostics.excerpt import last_line

        return last_line(lines, span)

    def _frame(self, sign: str) -> str:
        return self._in_frame(f"{' ' * self.gutter} {sign}")

    def _in_frame(self, text: str) -> str:
        return _paint(self.styles["frame"], text)


def headline(diagnostic: Diagnostic) -> str:
    """The message, with ` (in environment prod)` where only some environments bring it about."""
    message = diagnostic.message.rstrip("\n")
    if not diagnostic.environment:
        return message
    noun = "environments" if "," in diagnostic.environment else "environment"
    return f"{message} (in {noun} {diagnostic.environment})"


def _first_line(text: str) -> tuple[str, str]:
    """The first line and the others. Programs that read the report (docs/editors.md) find the place
    of a diagnostic on the line after its message, so the message has to be on one."""
    first, _, more = text.replace("\r\n", "\n").partition("\n")
    return first, more


def _is_short(span: Span) -> bool:
    return span.line > 0 and span.end_line <= span.line
