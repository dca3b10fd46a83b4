"""max-replicas: no service has more copies than so many, candidates and shadows included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.limits import copies
from mlspec.checks.replicas import behind
from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import counted
from mlspec.language.serving import Replicas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import MaxReplicas


def check(rule: MaxReplicas, context: Context) -> Iterator[Break]:
    for name, service in context.project.serving.items():
        most = copies(service)
        if most <= rule.max:
            continue
        path = ("serving", name, "replicas")
        has_max = isinstance(service.replicas, Replicas) and service.replicas.max is not None
        versions = behind(service)
        parts = ", ".join(f"{each.max} of `{each.alias}`" for each in versions)
        yield Break(
            (*path, "max") if has_max else path,
            f"`{name}` may have {counted(most, 'copy', 'copies')}"
            f"{f' ({parts})' if len(versions) > 1 else ''}, and {rule.max} are the most",
            help="lower `replicas`: a rollout adds the copies of the candidate",
        )
