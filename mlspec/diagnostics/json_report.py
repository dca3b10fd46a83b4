"""The JSON writer, for editors and scripts. docs/diagnostics-json.md is its contract with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.visible import file_name, well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from mlspec.diagnostics.diagnostic import Diagnostic, Fix, Span
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
        "summary": _summary(summary),
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
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "message": well_formed(fix.message),
        "safe": fix.is_safe,
        "edits": [{"text": well_formed(e.text), **_place(e.span)} for e in fix.edits],
    }


def _place(span: Span) -> dict[str, Any]:
    """What is not known of a place is null: 0 would be taken for a line by somebody."""
    return {
        "file": file_name(span.file),
        "line": span.line or None,
        "column": (span.line and span.column) or None,
        "end_line": (span.line and span.end_line) or None,
        "end_column": (span.line and span.end_column) or None,
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "errors": summary.errors,
        "warnings": summary.warnings,
        "fixable": summary.fixable,
        "left_out": summary.left_out,
        "projects": summary.projects,
        "files": summary.files,
        "environments": summary.environments,
        "seconds": round(summary.seconds, 3),
    }
