"""The JSON writer, for editors and scripts. docs/diagnostics-json.md is its contract with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.visible import well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from mlspec.diagnostics.diagnostic import Diagnostic, Span
    from mlspec.diagnostics.report import Summary

VERSION = 1
"""Raised when a key is removed or changes its meaning; a new key does not raise it."""


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    sources: Callable[[str], str | None],
    color: bool,
    summary: Summary,
) -> str:
    """One JSON document, ASCII only, so that no stream's encoding can break it."""
    document = {
        "version": VERSION,
        "diagnostics": [_diagnostic(d) for d in diagnostics],
        "summary": _summary(diagnostics, summary),
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": CODES[diagnostic.code].name,
        "severity": diagnostic.severity,
        "message": well_formed(diagnostic.message),
        "label": well_formed(diagnostic.label) or None,
        "help": well_formed(diagnostic.help) or None,
        "environment": well_formed(diagnostic.environment) or None,
        **_place(diagnostic.span),
        "related": [
            {"message": well_formed(r.message), **_place(r.span)} for r in diagnostic.related
        ],
    }


def _place(span: Span) -> dict[str, Any]:
    """What is not known of a place is null: 0 would be taken for a line by somebody."""
    return {
        "file": well_formed(span.file),
        "line": span.line or None,
        "column": (span.line and span.column) or None,
        "end_line": (span.line and span.end_line) or None,
        "end_column": (span.line and span.end_column) or None,
    }


def _summary(diagnostics: Sequence[Diagnostic], summary: Summary) -> dict[str, Any]:
    errors = sum(1 for d in diagnostics if d.severity == "error")
    return {
        "errors": errors,
        "warnings": len(diagnostics) - errors,
        "projects": summary.projects,
        "files": summary.files,
        "environments": summary.environments,
        "seconds": round(summary.seconds, 3),
    }
