"""allowed-sources: data comes from sources of these types only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import AllowedSources


def check(rule: AllowedSources, context: Context) -> Iterator[Break]:
    for name, source in context.project.data.sources.items():
        if source.type not in rule.types:
            yield Break(
                ("data", "sources", name, "type"),
                f"sources of type `{source.type}` are not allowed",
                help=f"bring the data where {either(rule.types)} can read it"
                if rule.types
                else "no source is allowed",
            )
