"""Ranges: no minimum is above its maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.serving import Replicas
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.tree import Path


def check_ranges(context: Context) -> Iterator[Problem]:
    for path, low, high in _ranges(context):
        if low is not None and high is not None and low > high:
            yield Problem(
                "MLS214", (*path, "min"), f"`min` is {low}, above `max`, which is {high}",
                help="swap them, or correct one", related=(("`max` is here", (*path, "max")),),
            )  # fmt: skip


def _ranges(context: Context) -> Iterator[tuple[Path, float | None, float | None]]:
    project = context.project
    for producer in context.flow.producers.values():
        for name, column in producer.columns.items():
            if not isinstance(column, str):
                yield (*producer.path, "schema", name), column.min, column.max
    for name, model in project.registry.models.items() if project.registry else ():
        for metric, gate in model.gates.items():
            yield ("registry", "models", name, "gates", metric), gate.min, gate.max
    for name, service in project.serving.items():
        if isinstance(service.replicas, Replicas):
            yield ("serving", name, "replicas"), service.replicas.min, service.replicas.max
