"""Columns: what a consumer expects of a data set, its producer declares, with the same type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.checks.dataflow import column_type
from mlspec.language.suggestions import suggest
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_READABLE_AS = {("int", "float")}
"""(produced, expected) pairs that differ and fit all the same: every int is a float."""


def check_columns(context: Context) -> Iterator[Problem]:
    for node in context.flow.nodes:
        for dataset, columns in node.expects.items():
            producer = context.flow.producers.get(dataset)
            if producer is None or not producer.columns:
                continue
            for column, expected in columns.items():
                path = (*node.path, "expects", dataset, column)
                if column not in producer.columns:
                    missing = Problem(
                        "MLS205", path, f"`{dataset}` has no column `{column}`", on_key=True,
                        related=(("its columns are declared here", (*producer.path, "schema")),),
                    )  # fmt: skip
                    yield suggest(missing, column, producer.columns)
                    continue
                declared = column_type(producer.columns[column])
                if not _fits(declared, expected):
                    yield Problem(
                        "MLS206", path,
                        f"`{column}` of `{dataset}` is {declared}, not {expected}",
                        related=(("declared here", (*producer.path, "schema", column)),),
                        help=f"write `{column}: {declared}`, or convert it in between",
                    )  # fmt: skip


def _fits(produced: str, expected: str) -> bool:
    return produced == expected or (produced, expected) in _READABLE_AS
