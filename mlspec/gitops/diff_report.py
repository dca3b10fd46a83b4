"""What `mlspec diff` has to say, before anyone knows in which form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.gitops.difference import counts, in_order
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from mlspec.gitops.difference import Section
    from mlspec.gitops.repository import Revision
    from mlspec.manifests.change import Risk

TITLES: Mapping[Risk, str] = {
    "removes": "removes",
    "widens": "widens access",
    "interrupts": "restarts or interrupts",
    "changes": "changes",
    "harmless": "harmless",
}


class Report(Record):
    """`head` is None for the working tree. `sections` come the most dangerous first. `graphs` are
    Mermaid texts by project and environment."""

    base: Revision
    head: Revision | None
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    projects: int
    touched: int
    graphs: Mapping[tuple[str, str], str] = {}  # Record: an immutable default

    @property
    def is_empty(self) -> bool:
        return not self.sections

    @property
    def counts(self) -> dict[Risk, int]:
        return counts(self.sections)


def report_of(
    base: Revision,
    head: Revision | None,
    sections: Iterable[Section],
    *,
    notes: Iterable[str],
    projects: int,
    touched: int,
    graphs: Mapping[tuple[str, str], str],
    mask: Callable[[str], str],
) -> Report:
    """The report, without any secret in it."""
    return Report(
        base=base,
        head=head,
        sections=tuple(_masked(each, mask) for each in in_order(sections)),
        notes=tuple(mask(note) for note in notes),
        projects=projects,
        touched=touched,
        graphs={key: mask(text) for key, text in graphs.items()},
    )


def _masked(section: Section, mask: Callable[[str], str]) -> Section:
    lines = tuple(line.replace(text=mask(line.text)) for line in section.lines)
    differences = tuple(
        each.replace(
            changes=tuple(c.replace(text=mask(c.text)) for c in each.changes),
            fields=tuple(
                f.replace(before=masked(f.before, mask), after=masked(f.after, mask))
                for f in each.fields
            ),
        )
        for each in section.differences
    )
    return section.replace(lines=lines, differences=differences)


def masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {mask(str(key)): masked(item, mask) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, mask) for item in value]
    return value


def summary(report: Report) -> str:
    """`removes 1 · changes 3`: what there is of each risk."""
    found = report.counts
    return " · ".join(f"{TITLES[risk]} {found[risk]}" for risk in TITLES if found[risk])


def scope(report: Report) -> str:
    """What was compared."""
    base = f"{report.base.name} ({report.base.short})" if report.base.commit else report.base.name
    head = f"{report.head.name} ({report.head.short})" if report.head else "working tree"
    of = f"{report.touched} of {plural(report.projects, 'project')} touched"
    return f"{base} → {head}, {of}"


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
