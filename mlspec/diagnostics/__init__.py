"""Diagnostics: what the compiler says to a person, as values.

Every stage reports what is wrong as a Diagnostic; `report.py` and the writers beside it turn a list
of them into text, JSON, SARIF or GitHub annotations. `codes.py` is the table of all codes.
"""

from mlspec.diagnostics.diagnostic import Diagnostic, Edit, Fix, Related, Severity, Span

__all__ = ["Diagnostic", "Edit", "Fix", "Related", "Severity", "Span"]
