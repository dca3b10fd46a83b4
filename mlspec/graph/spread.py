"""How far to the right each thing of a row stands: near what it is linked to, and never too near to
its neighbours.

Each row in turn is put where it deviates least (in weighted squares) from the middle of its
neighbours in the rows around, under the order and distances that are given: isotonic regression,
by pooling adjacent violators.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mlspec.graph.layers import Waypoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.graph.layers import Rows, Stop

ROUNDS = 10
GAP = 26.0
"""Between cards; half of it beside a waypoint."""
_WAYPOINT_WIDTH = 6.0
_STRAIGHT = 6.0
"""How much more a waypoint weighs than a card: a long line should be straight."""


def middles(rows: Rows, widths: Mapping[str, float]) -> dict[Stop, float]:
    """Key or waypoint → where its middle is. The leftmost edge of all is 0."""
    wide = {key: _width(key, widths) for row in rows.order for key in row}
    near = _neighbours(rows)
    x: dict[Stop, float] = {}
    for row in rows.order:
        x |= _packed(row, wide)
    count = len(rows.order)
    for turn in range(ROUNDS):
        order = range(count) if turn % 2 == 0 else range(count - 1, -1, -1)
        for index in order:
            row = rows.order[index]
            if any(near.get(key) for key in row):
                x |= _settled(row, x, near, wide)
    left = min(x[key] - wide[key] / 2 for key in x)
    return {key: round(value - left, 1) for key, value in x.items()}


def _width(key: Stop, widths: Mapping[str, float]) -> float:
    return _WAYPOINT_WIDTH if isinstance(key, Waypoint) else widths[key]


def _neighbours(rows: Rows) -> dict[Stop, list[Stop]]:
    near: dict[Stop, list[Stop]] = {}
    for upper, lower in rows.links:
        near.setdefault(lower, []).append(upper)
        near.setdefault(upper, []).append(lower)
    return near


def _alone(row: list[Stop], x: Mapping[Stop, float], near: Mapping[Stop, list[Stop]]) -> float:
    """Where those of a row belong that are linked to nothing: beside the others."""
    others = [x[each] for key in row for each in near.get(key, ())]
    return sum(others) / len(others)


def _distance(one: Stop, other: Stop, wide: Mapping[Stop, float]) -> float:
    """Between the middles of two that stand side by side."""
    both = isinstance(one, Waypoint) or isinstance(other, Waypoint)
    return (wide[one] + wide[other]) / 2 + (GAP / 2 if both else GAP)


def _packed(row: list[Stop], wide: Mapping[Stop, float]) -> dict[Stop, float]:
    """Side by side, around 0."""
    places = _offsets(row, wide)
    middle = (places[0] + places[-1]) / 2
    return {key: place - middle for key, place in zip(row, places, strict=True)}


def _offsets(row: list[Stop], wide: Mapping[Stop, float]) -> list[float]:
    places = [0.0]
    for one, other in pairwise(row):
        places.append(places[-1] + _distance(one, other, wide))
    return places


def _settled(
    row: list[Stop],
    x: Mapping[Stop, float],
    near: Mapping[Stop, list[Stop]],
    wide: Mapping[Stop, float],
) -> dict[Stop, float]:
    """Where the row would best be, all else standing still."""
    offsets = _offsets(row, wide)
    loose = _alone(row, x, near)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for key, offset in zip(row, offsets, strict=True):
        around = near.get(key, [])
        wanted = sum(x[each] for each in around) / len(around) if around else loose
        weight = _STRAIGHT if isinstance(key, Waypoint) else 1.0
        pools.append((wanted - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean, heavy, count), (other, more, few) = pools.pop(), pools.pop()
            total = heavy + more
            pools.append(((mean * heavy + other * more) / total, total, count + few))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return {key: mean + offset for key, mean, offset in zip(row, flat, offsets, strict=True)}
