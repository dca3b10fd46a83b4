"""Warnings as the cache keeps them: said again, word for word, without compiling.

Loaded only for projects that have some. An entry's key does not depend on where files are, so
spans name them by their numbers: 0 the project, 1 its platform, 2 its lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.diagnostics import Diagnostic, Related, Span
from mlspec.diagnostics.visible import well_formed
from mlspec.language.secrets import mask_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = frozenset(("MLS204", "MLS302", "MLS507", "MLS802"))
"""The warnings whose words follow from the texts of a project, its platform and its lock alone:
from no path, no time, no other project, and nothing of this machine. Those about comments that
silence (MLS007, MLS008) are found later, in all projects of a run together."""


def may_be_retold(diagnostics: Sequence[Diagnostic], files: Sequence[str]) -> bool:
    """Whether all can be kept, and come back as they are. `files`: of the project, in the order of
    their numbers."""
    return all(_may_be_retold(each, files) for each in diagnostics)


def _may_be_retold(diagnostic: Diagnostic, files: Sequence[str]) -> bool:
    """Nothing that would be masked is kept; and no fix, as what may be shown of one depends on the
    lines beside it (`mlspec.cli.discretion`). JSON would join unpaired surrogates."""
    related = diagnostic.related
    spans = [diagnostic.span, *(each.span for each in related)]
    texts = [*_texts(diagnostic), *(each.message for each in related)]
    return (
        diagnostic.code in KEPT
        and diagnostic.fix is None
        and not diagnostic.is_strict
        and all(span.file in files for span in spans)
        and all(mask_secrets(text) == text == well_formed(text) for text in texts)
    )


def _texts(diagnostic: Diagnostic) -> tuple[str, str, str, str]:
    return diagnostic.message, diagnostic.label, diagnostic.help, diagnostic.environment


def to_lists(diagnostics: Sequence[Diagnostic], files: Sequence[str]) -> list[Any]:
    """For JSON, those that may be retold."""
    return [
        [
            each.code,
            *_texts(each),
            _numbers(each.span, files),
            [[beside.message, _numbers(beside.span, files)] for beside in each.related],
        ]
        for each in diagnostics
    ]


def _numbers(span: Span, files: Sequence[str]) -> list[int]:
    return [files.index(span.file), span.line, span.column, span.end_line, span.end_column]


def from_lists(lists: Any, files: Sequence[str]) -> tuple[Diagnostic, ...]:
    """What `to_lists` was given. Raises ValueError, TypeError or LookupError for what is none of
    its making."""
    return tuple(_diagnostic(each, files) for each in _list(lists))


def _diagnostic(found: Any, files: Sequence[str]) -> Diagnostic:
    code, message, label, help, environment, place, related = _list(found)
    if code not in KEPT:
        raise ValueError(f"{code} is not kept")
    return Diagnostic(
        code=code,
        message=_text(message),
        span=_span(place, files),
        label=_text(label),
        help=_text(help),
        environment=_text(environment),
        related=tuple(_related(each, files) for each in _list(related)),
    )


def _related(found: Any, files: Sequence[str]) -> Related:
    message, place = _list(found)
    return Related(message=_text(message), span=_span(place, files))


def _span(found: Any, files: Sequence[str]) -> Span:
    numbers = _list(found)
    if any(type(number) is not int or number < 0 for number in numbers):
        raise ValueError("a place counts from 0")
    file, line, column, end_line, end_column = numbers
    return Span(
        file=files[file], line=line, column=column, end_line=end_line, end_column=end_column
    )


def _list(found: Any) -> list[Any]:
    if type(found) is not list:
        raise TypeError("not a list")
    return found


def _text(found: Any) -> str:
    if type(found) is not str:
        raise TypeError("not a text")
    return found
