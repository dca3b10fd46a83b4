"""rollout-required: a new version of a model takes over by steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.words import either
from mlspec.language.serving import Canary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import RolloutRequired


def check(rule: RolloutRequired, context: Context) -> Iterator[Break]:
    wanted = either(rule.strategies) if rule.strategies else "no strategy"
    for name, service in context.project.serving.items():
        path, rollout = ("serving", name, "rollout"), service.rollout
        if rollout is None:
            yield Break(
                path, f"new versions take over `{name}` at once", on_key=True,
                help=f"add `rollout` with the strategy {wanted}",
            )  # fmt: skip
        elif rollout.strategy not in rule.strategies:
            yield Break(
                (*path, "strategy"),
                f"the strategy `{rollout.strategy}` will not do for `{name}`",
                help=f"use {wanted}",
            )
        elif (
            isinstance(rollout, Canary)
            and rule.max_weight is not None
            and rollout.weight > rule.max_weight
        ):
            yield Break(
                (*path, "weight"),
                f"the candidate of `{name}` gets {rollout.weight} % of the requests, "
                f"and {rule.max_weight} % is the most",
                help="give it less; promote it when it has proved itself",
            )
