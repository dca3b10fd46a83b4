"""gates-required: a model that a service serves has passed gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import GatesRequired
    from mlspec.source.tree import Path


def check(rule: GatesRequired, context: Context) -> Iterator[Break]:
    registry = context.project.registry
    models = registry.models if registry is not None else {}
    for name, service in context.project.serving.items():
        found = models.get(service.model)
        served = ((f"`{name}` serves it here", ("serving", name, "model")),)
        if found is None:
            yield Break(
                ("serving", name, "model"),
                f"`{name}` serves `{service.model}`, which no gate judges",
                help=f"add `gates` under registry.models.{service.model}",
            )
            continue
        path: Path = ("registry", "models", service.model)
        if found.gates:
            path = (*path, "gates")
        missing = [metric for metric in rule.metrics if metric not in found.gates]
        if missing or not found.gates:
            what = f"a gate on {either(missing)}" if missing else "a gate"
            yield Break(
                path, f"the model `{service.model}` has no {what.removeprefix('a ')}",
                help="say what the metric must be: `gates: {METRIC: {min: …}}`",
                on_key=True, related=served,
            )  # fmt: skip
        elif rule.no_worse_than and not any(
            gate.no_worse_than == rule.no_worse_than for gate in found.gates.values()
        ):
            yield Break(
                path, f"no gate compares `{service.model}` with `{rule.no_worse_than}`",
                help=f"add `no_worse_than: {rule.no_worse_than}` to a gate",
                on_key=True, related=served,
            )  # fmt: skip
