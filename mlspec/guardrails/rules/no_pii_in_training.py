"""no-pii-in-training: no model is trained on columns that tell who a person is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.pii import pii_columns
from mlspec.guardrails.rules.words import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import NoPiiInTraining


def check(rule: NoPiiInTraining, context: Context) -> Iterator[Break]:
    for node in context.flow.nodes:
        if node.kind != "train":
            continue
        for index, name in enumerate(node.inputs):
            producer = context.flow.producers.get(name)
            columns = pii_columns(producer.columns) if producer is not None else []
            if producer is not None and columns:
                yield Break(
                    (*node.path, "inputs", index),
                    f"`{node.name}` is trained on `{name}`, whose {_columns(columns)} who a person "
                    "is",
                    help="drop or hash them in a transform, and train on its output",
                    related=(("declared here", (*producer.path, "schema", columns[0])),),
                )


def _columns(names: list[str]) -> str:
    plural = len(names) > 1
    return f"column{'s' * plural} {either(names)} tell{'' if plural else 's'}"
