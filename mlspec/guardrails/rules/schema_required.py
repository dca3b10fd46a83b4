"""schema-required: every source declares its columns, so that every run checks the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import SchemaRequired


def check(rule: SchemaRequired, context: Context) -> Iterator[Break]:
    for name, source in context.project.data.sources.items():
        if not source.schema:
            yield Break(
                ("data", "sources", name), f"the source `{name}` declares no columns",
                help="add `schema: {COLUMN: TYPE}`, and `pii: true` to columns that tell who a "
                "person is", on_key=True,
            )  # fmt: skip
