"""min-replicas: every service has so many copies at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.replicas import bounds
from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import counted
from mlspec.language.serving import Replicas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import MinReplicas


def check(rule: MinReplicas, context: Context) -> Iterator[Break]:
    for name, service in context.project.serving.items():
        least, _ = bounds(service)
        if least < rule.min:
            path = ("serving", name, "replicas")
            may = "may have" if isinstance(service.replicas, Replicas) else "has"
            yield Break(
                (*path, "min") if isinstance(service.replicas, Replicas) else path,
                f"`{name}` {may} {counted(least, 'copy', 'copies')}, and {rule.min} are the least",
                help=f"write `replicas: {rule.min}`, or `replicas: {{min: {rule.min}, max: …}}`",
            )
