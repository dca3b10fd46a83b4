"""owners-required: every project names people to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import counted, either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import OwnersRequired


def check(rule: OwnersRequired, context: Context) -> Iterator[Break]:
    owners, domains = context.project.metadata.owners, {each.lower() for each in rule.domains}
    for index, owner in enumerate(owners):
        if domains and owner.rpartition("@")[2].lower() not in domains:
            yield Break(
                ("metadata", "owners", index),
                f"`{owner}` is not an address at {either(rule.domains)}",
                help="name people whom the alerts can reach",
            )
    if len(set(owners)) < rule.min:
        yield Break(
            ("metadata", "owners"),
            "the project names no owner"
            if not owners
            else f"the project names {counted(len(set(owners)), 'owner')}, and {rule.min} are the "
            "least",
            help="add the address of another person"
            if owners
            else "add `owners: [ana@example.com]` to `metadata`",
            on_key=True,
        )
