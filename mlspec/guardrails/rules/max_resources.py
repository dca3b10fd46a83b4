"""max-resources: no pod of a step, an ingest or a service asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.limits import default_of
from mlspec.guardrails.finding import Break
from mlspec.language.units import memory_bytes, millicores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import MaxResources
    from mlspec.language.resources import Resources
    from mlspec.source.tree import Path

_AMOUNT: dict[str, Callable[[Any], int]] = {"cpu": millicores, "memory": memory_bytes, "gpu": int}
_WORD = {"cpu": "CPU", "memory": "memory", "gpu": "GPUs"}


def check(rule: MaxResources, context: Context) -> Iterator[Break]:
    for name, path, resources in _pods(context):
        for kind, amount in _AMOUNT.items():
            limit = getattr(rule, kind)
            asked: Any = getattr(resources, kind) if resources is not None else None
            value = asked if asked is not None else default_of(context.platform, kind)
            if limit is not None and amount(value) > amount(limit):
                yield Break(
                    (*path, "resources", kind),
                    f"`{name}` asks for {value} of {_WORD[kind]}, and {limit} is the most for a pod"
                    + ("" if asked is not None else " (the platform's default)"),
                    help="ask for less, or split the work",
                )


def _pods(context: Context) -> Iterator[tuple[str, Path, Resources | None]]:
    project = context.project
    for name, source in project.data.sources.items():
        if source.resources is not None:
            yield name, ("data", "sources", name), source.resources
    for node in context.flow.nodes:
        yield node.name, node.path, node.spec.resources
    for name, service in project.serving.items():
        yield name, ("serving", name), service.resources
