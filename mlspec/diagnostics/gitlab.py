"""The GitLab writer: a code quality report, which a merge request shows beside its lines.

The form is the part of Code Climate's that GitLab reads:
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING

from mlspec.diagnostics.excerpt import SourceLines
from mlspec.diagnostics.fingerprints import fingerprints
from mlspec.diagnostics.text import headline
from mlspec.diagnostics.visible import file_name, well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from mlspec.diagnostics.diagnostic import Diagnostic
    from mlspec.diagnostics.report import Summary

_SEVERITY = {"error": "major", "warning": "minor"}
"""GitLab has info, minor, major, critical, blocker."""


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    sources: Callable[[str], str | None],
    color: bool,
    summary: Summary,
) -> str:
    """A list with one entry a diagnostic; GitLab shows of two with one fingerprint the first."""
    prints = fingerprints(diagnostics, SourceLines(sources, diagnostics))
    entries = [_entry(*each) for each in zip(diagnostics, prints, strict=True)]
    return json.dumps(entries, indent=2) + "\n"


def _entry(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    parts = [headline(diagnostic), diagnostic.label, diagnostic.help]
    path = posixpath.normpath(file_name(diagnostic.span.file))
    return {
        "description": "; ".join(well_formed(part) for part in parts if part),
        "check_name": diagnostic.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITY[diagnostic.severity],
        "location": {"path": path, "lines": {"begin": max(1, diagnostic.span.line)}},
    }
