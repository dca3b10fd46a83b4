"""max-gpus: a project can never hold more GPUs at a time.

Counted as the quota is: all services at their largest, and the greediest step beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.limits import copies
from mlspec.guardrails.finding import Break

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import MaxGpus
    from mlspec.language.resources import Resources
    from mlspec.source.tree import Path


def check(rule: MaxGpus, context: Context) -> Iterator[Break]:
    asked: list[tuple[int, str, Path]] = []
    for name, service in context.project.serving.items():
        asked.append((copies(service) * _gpus(service.resources), name, ("serving", name)))
    steps = [(_gpus(node.spec.resources), node.name, node.path) for node in context.flow.nodes]
    asked += sorted(steps, key=lambda step: -step[0])[:1]
    total = sum(amount for amount, _, _ in asked)
    if total > rule.max:
        _, _, path = max(asked, key=lambda part: part[0])
        parts = ", ".join(f"{amount} by `{name}`" for amount, name, _ in asked if amount)
        yield Break(
            (*path, "resources", "gpu"),
            f"the project may hold {total} GPUs at a time ({parts}), and {rule.max} are the most",
            help="ask for fewer, or lower the copies of services",
        )


def _gpus(resources: Resources | None) -> int:
    return resources.gpu if resources is not None else 0
