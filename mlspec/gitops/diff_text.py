"""The difference for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import visible
from mlspec.gitops.diff_report import TITLES, scope, summary
from mlspec.gitops.difference import brief
from mlspec.manifests.fields import ABSENT, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.gitops.diff_report import Report
    from mlspec.gitops.difference import Difference, Line, Section
    from mlspec.manifests.change import Risk

_COLOURS: dict[Risk, str] = {
    "removes": "1;31", "widens": "1;33", "interrupts": "1;35", "changes": "1;36", "harmless": "2",
}  # fmt: skip
_LOUD = ("removes", "widens", "interrupts")
_FEW = 3


def _title(risk: Risk) -> str:
    return TITLES[risk].upper() if risk in _LOUD else TITLES[risk]


_RISK_OF = {_title(risk): risk for risk in TITLES}
"""The titles, each on a line of its own: no other line is just that."""


def text(report: Report, *, color: bool = False, fields: bool = False) -> str:
    """What users wrote is made visible first: the only escapes are the colours of our titles."""
    shown = []
    for line in map(visible, _lines(report, fields)):
        risk = _RISK_OF.get(line.strip()) if color else None
        shown.append(f"\x1b[{_COLOURS[risk]}m{line}\x1b[0m" if risk else line)
    return "".join(f"{line}\n" for line in shown)


def _lines(report: Report, fields: bool) -> Iterator[str]:
    if report.is_empty:
        yield f"no changes to the cluster ({scope(report)})"
    else:
        yield f"{summary(report)} ({scope(report)})"
    for note in report.notes:
        yield f"note: {note}"
    for section in report.sections:
        yield ""
        yield from _section(section)
        if fields:
            yield from _fields(section)


def heading(section: Section) -> str:
    state = {"new": " (new)", "gone": " (gone)"}.get(section.state, "")
    return f"{section.project} · {section.environment}{state}"


def _section(section: Section) -> Iterator[str]:
    yield heading(section)
    last = ""
    for line in section.lines:
        if line.risk != last:
            last = line.risk
            yield f"  {_title(line.risk)}"
        yield f"  {'!' if line.loud else ' '} {sentence(line)}"


def sentence(line: Line) -> str:
    subject = of_whom(line)
    return f"{subject}: {line.text}" if subject else line.text


def of_whom(line: Line) -> str:
    if len(line.objects) > _FEW:
        return f"{len(line.objects)} objects"
    return ", ".join(line.objects)


def _fields(section: Section) -> Iterator[str]:
    with_fields = [each for each in section.differences if each.fields]
    if with_fields:
        yield "  fields"
    for each in with_fields:
        yield f"    {named(each)}"
        for field in each.fields:
            before = "" if field.before is ABSENT else brief(field.before)
            after = "" if field.after is ABSENT else brief(field.after)
            yield f"      {shown(field.path)}: {before or '(none)'} → {after or '(none)'}"


def named(difference: Difference) -> str:
    was = difference.old_name or difference.old_namespace
    return f"{difference.title} (was {was})" if was else difference.title
