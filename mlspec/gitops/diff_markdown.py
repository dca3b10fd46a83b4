"""The difference as a comment on a pull request.

GitHub refuses comments of more than 65,536 characters, so the parts are added by their weight until
there is no more room, and a note says what was left out.

Whatever a user wrote stands in `<code>`, where GitHub makes neither mentions nor links, and all its
punctuation as entities, which mean nothing to Markdown (CommonMark 6.2: they "cannot be used in
place of symbols indicating structure").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mlspec.diagnostics.visible import visible
from mlspec.gitops.diff_report import TITLES, plural, scope
from mlspec.gitops.diff_text import heading, named, of_whom
from mlspec.manifests.change import RISKS
from mlspec.manifests.change import worst as worst_of
from mlspec.manifests.fields import ABSENT, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.gitops.diff_report import Report
    from mlspec.gitops.difference import Difference, Line, Section
    from mlspec.manifests.change import Risk
    from mlspec.manifests.fields import Field

MARKER = "<!-- mlspec diff -->"
"""The first line, by which CI finds the comment that it wrote before."""

LIMIT = 60_000
"""Characters, as UTF-16 counts them; below GitHub's 65,536."""

_SIGNS: dict[Risk, str] = {
    "removes": "🔴", "widens": "🟠", "interrupts": "🟡", "changes": "🔵", "harmless": "⚪",
}  # fmt: skip
_LONG = 20_000

_MANY = 400
"""Characters of a value that are shown."""


class _Part(NamedTuple):
    """`weight`: what goes first where there is no room: the largest. `what` says what it is."""

    weight: int
    text: str
    what: str = ""


def markdown(report: Report, limit: int = LIMIT) -> str:
    parts = list(_parts(report))
    room = limit - 500  # for the note
    kept: set[int] = set()
    for number in sorted(range(len(parts)), key=lambda n: (parts[n].weight, n)):
        size = _size(parts[number].text)
        if size <= room:
            room -= size
            kept.add(number)
    body = "".join(part.text for number, part in enumerate(parts) if number in kept)
    cut: dict[str, int] = {}
    for number, part in enumerate(parts):
        if number not in kept:
            cut[part.what] = cut.get(part.what, 0) + 1
    return body + _note(cut)


def _note(cut: dict[str, int]) -> str:
    if not cut:
        return ""
    what = ", ".join(plural(number, name) for name, number in cut.items())
    return f"\n_Left out, as the comment would be too long: {what}. `mlspec diff` tells all._\n"


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


# ── the parts ─────────────────────────────────────────────────────────────────────────────────────


def _parts(report: Report) -> Iterator[_Part]:
    yield _Part(0, f"{MARKER}\n{_headline(report)}\n\n{plain(scope(report))}\n")
    for note in report.notes:
        yield _Part(1, f"\n> {words(note)}\n", "note")
    if len(report.sections) > 1:
        yield _Part(2, _table(report), "table")
    for section in report.sections:
        yield _Part(3, f"\n#### {_heading(section)}\n\n", "environment")
        for line in section.lines:
            yield _Part(4 + RISKS.index(line.risk), _line(line), "line")
        yield from _fields(section)
        graph = report.graphs.get((section.project, section.environment))
        if graph:
            title = "Picture of what is touched"
            body = f"\n```mermaid\n{graph.rstrip()}\n```\n\n"
            yield _Part(10, _details(title, body), "picture")


def _headline(report: Report) -> str:
    if report.is_empty:
        return "### ✅ No changes to the cluster"
    found = report.counts
    worst = worst_of([risk for risk in RISKS if found[risk]])
    told = " · ".join(f"{TITLES[risk]} {found[risk]}" for risk in RISKS if found[risk])
    return f"### {_SIGNS[worst]} In the cluster: {told}"


def _heading(section: Section) -> str:
    return f"{_SIGNS[section.risk]} {plain(heading(section))}"


def _table(report: Report) -> str:
    rows = [f"\n| Environment | {' | '.join(TITLES[risk] for risk in RISKS)} |"]
    rows.append("|---|" + "---:|" * len(RISKS))
    for section in report.sections:
        found = [sum(line.risk == risk for line in section.lines) for risk in RISKS]
        cells = " | ".join(str(number) if number else " " for number in found)
        rows.append(f"| {plain(heading(section))} | {cells} |")
    return "\n".join(rows) + "\n"


def _line(line: Line) -> str:
    subject = of_whom(line)
    told = f"**{words(line.text)}**" if line.loud else words(line.text)
    about = f"{code(subject)}: " if subject else ""
    return f"- {_SIGNS[line.risk]} **{TITLES[line.risk]}** {about}{told}\n"


def _fields(section: Section) -> Iterator[_Part]:
    """In one place, unless that would be too long to be kept or left out as a whole."""
    tables = [_object_table(each) for each in section.differences if each.fields]
    number = sum(len(each.fields) for each in section.differences)
    together = "".join(f"\n{title}\n{table}" for title, table in tables)
    if tables and len(together) < _LONG:
        title = f"{plural(number, 'field')} of {plural(len(tables), 'object')}"
        yield _Part(9, _details(title, together), "table of fields")
        return
    for title, table in tables:
        yield _Part(9, _details(title, table), "table of fields")


def _object_table(each: Difference) -> tuple[str, str]:
    rows = "".join(_row(field) for field in each.fields)
    return code(named(each)), f"\n| Field | Before | After |\n|---|---|---|\n{rows}\n"


def _row(field: Field) -> str:
    before = "" if field.before is ABSENT else _value(field.before)
    after = "" if field.after is ABSENT else _value(field.after)
    return f"| {code(shown(field.path))} | {before} | {after} |\n"


def _value(value: object) -> str:
    import json

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > _MANY:
        text = f"{text[:_MANY]}… ({len(text) - _MANY} more characters)"
    return "<br>".join(code(line) if line.strip() else "" for line in text.split("\n"))


def _details(title: str, body: str) -> str:
    return f"\n<details><summary>{title}</summary>\n{body}</details>\n"


# ── text of users ─────────────────────────────────────────────────────────────────────────────────


def code(text: str) -> str:
    return f"<code>{entities(text)}</code>" if text else ""


_PLAIN = frozenset(" -./,=(){}\";'%+?")
"""What means nothing to Markdown within a line, nor to HTML between tags."""

_OF_OURS = _PLAIN | frozenset(":")


def entities(text: str) -> str:
    """All that could mean something to Markdown, HTML or GitHub as character references."""
    return _escaped(text, _PLAIN)


def plain(text: str) -> str:
    """Text of ours, in which a name may stand: it makes no mention and no link of an issue, for
    those need what follows at once."""
    shown = _escaped(text, _OF_OURS)
    return shown.replace("&#64;", "&#64;&#8203;").replace("&#35;", "&#35;&#8203;")


def _escaped(text: str, kept: frozenset[str]) -> str:
    shown = "".join(
        char if char.isalnum() or char in kept or not char.isascii() else f"&#{ord(char)};"
        for char in visible(text)
    )
    # Addresses are links to GitHub wherever they stand.
    return _ADDRESS.sub(lambda found: f"{found[1]}&#46;", shown).replace("://", "&#58;//")


_ADDRESS = re.compile(r"\b(www)\.", re.IGNORECASE)


def words(text: str) -> str:
    """A clause: what stands between backticks as code."""
    return "".join(
        code(part) if number % 2 else plain(part) for number, part in enumerate(text.split("`"))
    )
