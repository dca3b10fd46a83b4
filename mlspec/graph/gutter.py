"""The lines from the left stack to the right one, through the gutter between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph.paths import ARROW, Line, number
from mlspec.graph.stacks import TRACK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlspec.graph.model import Edge
    from mlspec.graph.paths import Point
    from mlspec.graph.stacks import Stack

_BELOW, _ABOVE = 10.0, 14.0
"""From a row to the line nearest to it that goes sideways."""
_LANE = 9.0
_ROUND = 8.0


def lanes_width(count: int) -> float:
    return _LANE * count


def across(
    edges: Sequence[Edge], left: Stack, right: Stack, ends: Mapping[Edge, Point], x: float
) -> dict[Edge, Line]:
    """The lines of these edges; the first lane is at `x`."""
    starts = {edge: left.spots[edge.source].exit(edge.label) for edge in edges}
    below = {e: left.rows[left.spots[e.source].row].bottom + _BELOW for e in edges}
    above = {edge: ends[edge][1] - _ABOVE for edge in edges}
    # Nearest to the row goes what others would otherwise have to cross on their way to it.
    leaving = _tracks(sorted(edges, key=lambda edge: -starts[edge][0]), below, TRACK)
    coming = _tracks(sorted(edges, key=lambda edge: ends[edge][0]), above, -TRACK)
    lines = {}
    for lane, edge in enumerate(_untangled(edges, leaving, coming)):
        start, end = starts[edge], ends[edge]
        across_at = x + _LANE * lane
        corners = (
            start,
            (start[0], leaving[edge]),
            (across_at, leaving[edge]),
            (across_at, coming[edge]),
            (end[0], coming[edge]),
            (end[0], end[1] - ARROW),
        )
        lines[edge] = Line(edge=edge, start=start, end=end, path=_rounded(corners))
    return lines


def _tracks(edges: Sequence[Edge], at: Mapping[Edge, float], step: float) -> dict[Edge, float]:
    """The same heights, each moved by `step` from the one before where several are the same."""
    taken: dict[float, int] = {}
    found = {}
    for edge in edges:
        found[edge] = at[edge] + step * taken.setdefault(at[edge], 0)
        taken[at[edge]] += 1
    return found


def _untangled(
    edges: Sequence[Edge], leaving: Mapping[Edge, float], coming: Mapping[Edge, float]
) -> list[Edge]:
    """From the leftmost lane to the rightmost, neighbours changed over while fewer lines cross."""

    def crossings(one: Edge, other: Edge) -> int:
        """With `one` in the lane to the left of `other`."""
        return _between(leaving[other], leaving[one], coming[one]) + _between(
            coming[one], leaving[other], coming[other]
        )

    order = list(edges)
    for _ in order:
        for at in range(len(order) - 1):
            one, other = order[at], order[at + 1]
            if crossings(other, one) < crossings(one, other):
                order[at], order[at + 1] = other, one
    return order


def _between(value: float, one: float, other: float) -> bool:
    return min(one, other) < value < max(one, other)


def _rounded(corners: Sequence[Point]) -> str:
    """A path along the corners, each of which it cuts off."""
    parts = [f"M{number(corners[0][0])} {number(corners[0][1])}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(_ROUND, _length(before, corner) / 2, _length(corner, after) / 2)
        near, far = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{_at(near)}Q{_at(corner)} {_at(far)}")
    return "".join([*parts, f"L{_at(corners[-1])}"])


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, end: Point, far: float) -> Point:
    """Along a line that is upright or level."""
    length = _length(start, end)
    if not length:
        return start
    share = far / length
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
