"""Rollouts: shares of the traffic sum to 100, between versions that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.serving import AbTest
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_rollouts(context: Context) -> Iterator[Problem]:
    for name, service in context.project.serving.items():
        rollout = service.rollout
        path = ("serving", name, "rollout")
        if rollout is None:
            continue
        if isinstance(rollout, AbTest):
            total = sum(rollout.variants.values())
            if total != 100:
                shares = " + ".join(str(share) for share in rollout.variants.values()) or "nothing"
                yield Problem(
                    "MLS208", (*path, "variants"), f"the shares sum to {total}, not to 100",
                    label=f"{shares} = {total}", help="change them so that they sum to 100",
                    on_key=True,
                )  # fmt: skip
        elif rollout.candidate == service.alias:
            yield Problem(
                "MLS215", (*path, "candidate"),
                f"the candidate is `{service.alias}`, which is the main version already",
                help="name another registry alias, such as `challenger`",
            )  # fmt: skip
