"""The Diagnostic value: a code, a severity, a place, what is wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Severity: TypeAlias = Literal["error", "warning"]
else:
    Severity = str


class Span(Record):
    """A stretch of a source file: lines and columns count from 1, in characters; `end_*` is one
    past the last character. A span that names only a file has line 0."""

    file: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


class Related(Record):
    """A second place that helps to understand a diagnostic ("first defined here")."""

    message: str
    span: Span


class Edit(Record):
    """Replace the text at `span` by `text`. An empty span inserts; an empty text removes."""

    span: Span
    text: str


class Fix(Record):
    """How a machine can mend a mistake. `message` is in the imperative ("rename it to `host`").

    A fix is safe where nothing else can have been meant: `mlspec validate --fix` applies those. The
    others are offered to editors, where a person looks at each.
    """

    message: str
    edits: tuple[Edit, ...]
    is_safe: bool


class Diagnostic(Record):
    """One thing that is wrong, in the user's own terms.

    `message` is one sentence without a final full stop. `label` stands beside the carets and says
    what was found there. `help` says what to do next. `code` is a key of `codes.CODES`, which also
    gives the severity.
    """

    code: str
    message: str
    span: Span
    label: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    environment: str = ""
    """The environment whose overlay brings the mistake about, where only some do."""
    fix: Fix | None = None
    is_strict: bool = False
    """Whether it is an error whatever its code says: the user asked for no warnings."""

    @property
    def severity(self) -> Severity:
        from mlspec.diagnostics.codes import CODES

        return "error" if self.is_strict else CODES[self.code].severity

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Reading order: by file, then place, then code."""
        return (self.span.file, self.span.line, self.span.column, self.code, self.message)
