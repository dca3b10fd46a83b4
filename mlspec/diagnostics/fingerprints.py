"""What lets a service that keeps results know one again in the next run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import file_name, well_formed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.diagnostics.diagnostic import Diagnostic, Span
    from mlspec.diagnostics.excerpt import SourceLines


def fingerprints(diagnostics: Sequence[Diagnostic], lines: SourceLines) -> Iterator[str]:
    """One a diagnostic, each once. Lines may move, so the text of the line (its secrets masked)
    stands in for its number, and equal ones are numbered."""
    seen: dict[str, int] = {}
    for diagnostic in diagnostics:
        span = diagnostic.span
        text = map(well_formed, (diagnostic.message, _line_text(span, lines)))
        content = "\0".join((diagnostic.code, file_name(span.file), *text)).encode("utf-8")
        digest = hashlib.sha256(content).hexdigest()[:32]
        seen[digest] = seen.get(digest, 0) + 1
        yield f"{digest}:{seen[digest]}"


def _line_text(span: Span, lines: SourceLines) -> str:
    text = lines.of(span.file) if span.line > 0 else None
    return text[span.line - 1].strip() if text and span.line <= len(text) else ""
