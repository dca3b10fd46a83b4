"""Policy: which diagnostics are silenced by a comment, and what is wrong with such comments.

`# mlspec: ignore[MLS204] kept for the audit` at the end of a line, or on a line of its own above
it, silences warnings of that line. The reason is part of the form: a reviewer reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.diagnostic import Diagnostic, Edit, Fix, Span
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ABOUT_COMMENTS = ("MLS007", "MLS008")
_OF_THE_PLATFORM = "MLS8"
"""How the codes of guardrails begin: a project cannot silence the platform's rules."""
_MOST_CODES = 10
"""In one comment; a line has no more mistakes than that."""


class Ignore(Record):
    """A comment that silences: `span` is the comment, `line` the line that it is about (0: none
    follows). Only a well-formed one is obeyed. `bracket` is where its codes stand, `removal` what
    goes when it goes."""

    span: Span
    line: int
    codes: tuple[str, ...]
    reason: str
    is_well_formed: bool
    bracket: Span
    removal: Span


def silenced(
    diagnostics: Iterable[Diagnostic], ignores: Sequence[Ignore]
) -> tuple[list[Diagnostic], set[tuple[Ignore, str]]]:
    """The diagnostics that no comment silences, and what each comment has silenced."""
    by_place = {
        (ignore.span.file, ignore.line, code): ignore
        for ignore in ignores
        if ignore.reason and ignore.is_well_formed
        for code in ignore.codes[:_MOST_CODES]
        if can_be_ignored(code)
    }
    kept: list[Diagnostic] = []
    used: set[tuple[Ignore, str]] = set()
    for found in diagnostics:
        span = found.span
        # Beside a text in quotes of several lines, a comment can stand only after its end.
        ignore = next(
            (
                by_place[span.file, line, found.code]
                for line in (span.line, span.end_line)
                if (span.file, line, found.code) in by_place
            ),
            None,
        )
        if ignore is None:
            kept.append(found)
        else:
            used.add((ignore, found.code))
    return kept, used


def can_be_ignored(code: str) -> bool:
    """Warnings can, and errors that are found by a guess."""
    if code in _ABOUT_COMMENTS or code not in CODES or code.startswith(_OF_THE_PLATFORM):
        return False
    return CODES[code].severity == "warning" or CODES[code].is_guess


def misused(ignore: Ignore, used: set[tuple[Ignore, str]]) -> Iterator[Diagnostic]:
    """What is wrong with a comment: it cannot be obeyed, or there is nothing to silence."""
    codes = ", ".join(ignore.codes) or "CODE"
    form = f"write `# mlspec: ignore[{codes}] reason`"
    if not ignore.is_well_formed:
        if ignore.codes:
            yield _refused(ignore, "this comment ignores nothing: it is not of the form", form)
        else:
            yield _refused(ignore, "the comment does not say which code to ignore", form)
        return
    if not ignore.codes:
        yield _refused(ignore, "the comment does not say which code to ignore", form)
    elif len(ignore.codes) > _MOST_CODES:
        yield _refused(
            ignore, f"the comment ignores more than {_MOST_CODES} codes", "name those of this line"
        )
        return
    elif not ignore.reason:
        yield _refused(
            ignore, "the comment gives no reason", "say why after the bracket: people review it"
        )
    for code in ignore.codes:
        if not can_be_ignored(code):
            yield _refused(ignore, *_why_not(code))
    unused = [code for code in ignore.codes if can_be_ignored(code) and (ignore, code) not in used]
    if unused and ignore.reason:
        yield _unused(ignore, unused)


def _why_not(code: str) -> tuple[str, str]:
    if code in _ABOUT_COMMENTS:
        return f"{code} is about comments such as this, and cannot be ignored", "mend the comment"
    if code.startswith(_OF_THE_PLATFORM) and code in CODES:
        help = "keep the rule, or ask its owner for an exemption in platform.yaml"
        return f"{code} is about a rule of the platform, and cannot be ignored", help
    if code in CODES:
        return f"{code} is an error, and errors cannot be ignored", "mend what it is about"
    shown = code if len(code) <= 20 else f"{code[:20]}…"
    help = "write the code as the diagnostic shows it, such as MLS204"
    return f"there is no code `{shown}`", help


def _refused(ignore: Ignore, message: str, help: str) -> Diagnostic:
    return Diagnostic(code="MLS008", message=message, span=ignore.span, help=help)


def _unused(ignore: Ignore, unused: Sequence[str]) -> Diagnostic:
    kept = [code for code in ignore.codes if code not in unused]
    what = " and no ".join(unused)
    if kept:
        edit = Edit(span=ignore.bracket, text=", ".join(kept))
        message = f"remove {', '.join(unused)}"
    else:
        edit, message = Edit(span=ignore.removal, text=""), "remove the comment"
    where = f"on line {ignore.line}" if ignore.line else "after it"
    return Diagnostic(
        code="MLS007",
        message=f"there is no {what} {where} to ignore",
        span=ignore.span,
        help=message,
        fix=Fix(message=message, edits=(edit,), is_safe=True),
    )
