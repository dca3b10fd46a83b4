"""Gates: each is on a metric that the model's evaluation reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.suggestions import suggest
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_gates(context: Context) -> Iterator[Problem]:
    registry = context.project.registry
    for name, model in registry.models.items() if registry else ():
        training = context.project.training.get(name)
        if training is None:
            continue
        evaluate = training.evaluate
        reported = frozenset(evaluate.metrics if evaluate else ())
        for metric, gate in model.gates.items():
            path = ("registry", "models", name, "gates", metric)
            if evaluate is None:
                yield Problem(
                    "MLS207", path, f"nothing measures `{name}`, so `{metric}` is never known",
                    help="add `evaluate` to the training", on_key=True,
                    related=(("the training is here", ("training", name)),),
                )  # fmt: skip
            elif metric not in reported:
                where = ("training", name, "evaluate", "metrics")
                unknown = Problem(
                    "MLS207", path, f"the evaluation of `{name}` does not report `{metric}`",
                    on_key=True, related=(("what it reports is listed here", where),),
                )  # fmt: skip
                yield suggest(unknown, metric, evaluate.metrics)
            if gate.min is None and gate.max is None and not gate.no_worse_than:
                yield Problem(
                    "MLS102", path, f"the gate on `{metric}` asks for nothing", on_key=True,
                    help="add `min`, `max` or `no_worse_than`",
                )  # fmt: skip
