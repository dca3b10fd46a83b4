"""What stands behind a service: its predictors, their shares and their copies.

One place for it, since the quota counts the same copies that the plan asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.language.serving import AbTest, Canary, Replicas

if TYPE_CHECKING:
    from typing import Literal

    from mlspec.language.serving import Service

DEFAULT_TARGET_CPU = 80
"""Average CPU utilisation in per cent at which copies are added, where the spec names none."""


class Behind(NamedTuple):
    """One model version behind a service: its registry alias, its part, its share of the traffic in
    per cent, and how many copies it has."""

    alias: str
    role: Literal["main", "candidate", "variant", "shadow"]
    share: int
    min: int
    max: int


def behind(service: Service) -> tuple[Behind, ...]:
    """Each version gets copies in proportion to its share, at least one; the main version beside a
    canary keeps them all, so that going back costs nothing; a shadow gets as many as it, since it
    sees the same traffic."""
    low, high = bounds(service)
    rollout = service.rollout
    if isinstance(rollout, AbTest):
        return tuple(
            Behind(alias, "variant", share, _part(low, share), _part(high, share))
            for alias, share in rollout.variants.items()
        )
    if rollout is None:
        return (Behind(service.alias, "main", 100, low, high),)
    if isinstance(rollout, Canary):
        share = rollout.weight
        return (
            Behind(service.alias, "main", 100 - share, low, high),
            Behind(rollout.candidate, "candidate", share, _part(low, share), _part(high, share)),
        )
    return (
        Behind(service.alias, "main", 100, low, high),
        Behind(rollout.candidate, "shadow", 100, low, high),
    )


def bounds(service: Service) -> tuple[int, int]:
    """The fewest and the most copies of the main version."""
    replicas = service.replicas
    if isinstance(replicas, Replicas):
        return replicas.min, replicas.max or replicas.min
    return replicas, replicas


def _part(copies: int, share: int) -> int:
    return max(1, -(-copies * share // 100))
