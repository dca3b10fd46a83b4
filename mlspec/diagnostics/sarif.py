"""The SARIF writer: one log of SARIF 2.1.0, which code-scanning services read.

Section numbers below are those of the OASIS standard (SARIF 2.1.0 plus Errata 01).
"""

from __future__ import annotations

import json
import os
import posixpath
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlspec import __version__
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.excerpt import SourceLines
from mlspec.diagnostics.explain import explanation
from mlspec.diagnostics.fingerprints import fingerprints
from mlspec.diagnostics.text import headline
from mlspec.diagnostics.visible import well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from mlspec.diagnostics.diagnostic import Diagnostic, Fix, Span
    from mlspec.diagnostics.report import Summary

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
HOME = "https://github.com/mlspec/mlspec"
_ROOT = "%SRCROOT%"


def render(
    diagnostics: Sequence[Diagnostic],
    *,
    sources: Callable[[str], str | None],
    color: bool,
    summary: Summary,
) -> str:
    """One log with one run; the rules in it are those that have a result."""
    codes = sorted({d.code for d in diagnostics})
    prints = fingerprints(diagnostics, SourceLines(sources, diagnostics))
    run = {
        "tool": {"driver": _driver(codes)},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [
            _result(d, codes.index(d.code), print_)
            for d, print_ in zip(diagnostics, prints, strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(codes: list[str]) -> dict[str, Any]:
    return {
        "name": "mlspec",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": HOME,
        "rules": [_rule(code) for code in codes],
    }


def _rule(code: str) -> dict[str, Any]:
    about = CODES[code]
    markdown = explanation(code)
    return {
        "id": code,
        "name": about.name,
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": _first_paragraph(markdown)},
        "help": {"text": markdown, "markdown": markdown},
        "helpUri": f"{HOME}/blob/main/docs/diagnostics.md#{code.lower()}-{about.name}",
        "defaultConfiguration": {"level": about.severity},
    }


def _first_paragraph(markdown: str) -> str:
    return " ".join(markdown.split("\n\n")[1].split())


def _result(diagnostic: Diagnostic, rule: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": _message(diagnostic)},
    }
    if diagnostic.span.file:
        result["locations"] = [_location(diagnostic.span)]
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": _literal(r.message)}, **_location(r.span)}
            for number, r in enumerate(diagnostic.related, start=1)
        ]
    if diagnostic.fix is not None:
        result["fixes"] = [_fix(diagnostic.fix)]
    result["partialFingerprints"] = {"mlspecDiagnostic/v1": fingerprint}
    if diagnostic.environment:
        result["properties"] = {"environment": well_formed(diagnostic.environment)}
    return result


def _fix(fix: Fix) -> dict[str, Any]:
    """All edits of a fix are in one file. A region of no width inserts (3.57.3)."""
    replacements = [
        {"deletedRegion": _region(e.span), "insertedContent": {"text": well_formed(e.text)}}
        for e in fix.edits
    ]
    change = {
        "artifactLocation": _artifact(fix.edits[0].span.file),
        "replacements": replacements,
    }
    return {"description": {"text": _literal(fix.message)}, "artifactChanges": [change]}


def _message(diagnostic: Diagnostic) -> str:
    """A viewer shows this text alone, so what was found and what to do are part of it."""
    parts = [headline(diagnostic), diagnostic.label, diagnostic.help]
    return "\n".join(_literal(part) for part in parts if part)


def _literal(text: str) -> str:
    """`text` with nothing in it that a viewer would take for a link (3.11.6).

    Braces stay as they are: they would mean a placeholder (3.11.5) only beside `arguments`, which
    these messages never have, and viewers show a doubled brace as two.
    """
    return well_formed(text).replace("](", "\\](")


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": _region(span)}}


def _artifact(file: str) -> dict[str, str]:
    if posixpath.isabs(file):
        return {"uri": "file://" + _quoted(posixpath.normpath(file))}
    return {"uri": _quoted(posixpath.normpath(file)), "uriBaseId": _ROOT}


def _quoted(path: str) -> str:
    """A path as a URI, from the very bytes that the file system has for it."""
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:  # an unpaired surrogate that stands for no byte
        name = well_formed(path).encode("utf-8")
    return quote(name, safe="/")


def _region(span: Span) -> dict[str, int]:
    """Code scanning shows no result without a line, so one about a whole file is put at its start:
    https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
    """
    if span.column < 1 or span.line < 1:
        return {"startLine": max(1, span.line)}
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    end = max(start, end) if span.end_column > 0 else start
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}
