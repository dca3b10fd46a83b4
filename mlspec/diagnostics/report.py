"""Reports: a list of diagnostics, made tidy and written to a stream in one of five formats.

Called by the CLI. A writer is a module with one pure function, `render`, and is imported only when
its format is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from typing import Protocol, TextIO

    from mlspec.diagnostics.diagnostic import Diagnostic

    class Writer(Protocol):
        """What a format's module must have."""

        def render(
            self,
            diagnostics: Sequence[Diagnostic],
            *,
            sources: Callable[[str], str | None],
            color: bool,
            summary: Summary,
        ) -> str: ...


FORMATS: dict[str, str] = {
    "text": "mlspec.diagnostics.text",
    "json": "mlspec.diagnostics.json_report",
    "sarif": "mlspec.diagnostics.sarif",
    "github": "mlspec.diagnostics.github",
    "gitlab": "mlspec.diagnostics.gitlab",
}


class Summary(Record):
    """What a run looked at, and how long it took."""

    projects: int
    files: int
    environments: int
    seconds: float
    errors: int = 0
    warnings: int = 0
    fixable: int = 0
    """How many of them `mlspec validate --fix` would mend."""
    left_out: int = 0
    """How many more there are than are shown."""
    is_quiet: bool = False
    """Whether nothing is said but errors."""


def write_report(
    diagnostics: Sequence[Diagnostic],
    *,
    format: str,
    stream: TextIO,
    sources: Callable[[str], str | None],
    color: bool,
    summary: Summary,
    limit: int | None = None,
) -> None:
    """Write `diagnostics` to `stream`; `sources` gives a file's text, or None if unreadable. Not
    more than `limit` are shown, and all are counted."""
    if format not in FORMATS:
        raise ValueError(f"no format {format!r}; there are {', '.join(FORMATS)}")
    from importlib import import_module

    writer: Writer = import_module(FORMATS[format])
    found = prepare(diagnostics)
    wanted = [each for each in found if each.severity == "error" or not summary.is_quiet]
    shown = wanted[:limit]
    counted = _counted(found, summary, len(wanted) - len(shown))
    text = writer.render(shown, sources=sources, color=color, summary=counted)
    stream.write(_encodable(text, getattr(stream, "encoding", None)))


def _counted(found: Sequence[Diagnostic], summary: Summary, left_out: int) -> Summary:
    errors = sum(1 for each in found if each.severity == "error")
    return summary.replace(
        errors=errors,
        warnings=len(found) - errors,
        fixable=sum(1 for each in found if each.fix is not None and each.fix.is_safe),
        left_out=left_out,
    )


def prepare(
    diagnostics: Iterable[Diagnostic], environments: Collection[str] = ()
) -> list[Diagnostic]:
    """`diagnostics` in reading order, each mistake once.

    The same code, place and message from several environments is one mistake. It keeps the names
    of its environments (`dev, prod`) unless it also comes from no environment (the base document)
    or they are all of `environments`, those that were checked. Preparing twice changes nothing.
    """
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for diagnostic in sorted(diagnostics, key=_reading_order):
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        groups.setdefault(key, []).append(diagnostic)
    return [_merged(group, environments) for group in groups.values()]


def _reading_order(diagnostic: Diagnostic) -> tuple[object, ...]:
    return (*diagnostic.sort_key(), diagnostic.span.end_line, diagnostic.span.end_column)


def _merged(group: list[Diagnostic], environments: Collection[str]) -> Diagnostic:
    names = [name for d in group for name in d.environment.split(", ")]
    is_everywhere = "" in names or (bool(environments) and set(names) >= set(environments))
    environment = "" if is_everywhere else ", ".join(dict.fromkeys(names))
    return group[0].replace(environment=environment)


def _encodable(text: str, encoding: str | None) -> str:
    """`text` with what `encoding` (a terminal in the C locale, say) does not have as escapes."""
    if encoding is None or text.isascii():
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)
