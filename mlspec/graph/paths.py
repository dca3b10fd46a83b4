"""The lines from card to card within a stack, as SVG paths, and where lines come to a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from mlspec.graph.model import Edge
    from mlspec.graph.stacks import Stack

    Point: TypeAlias = tuple[float, float]

ARROW = 6.0
"""The length of an arrow's head: a path ends so much above the card."""
_PORTS = 18.0
"""At most, between lines that come to one card."""


class Line(Record):
    """`start` is below a card or its tag, `end` at the top of another; `path` is what SVG calls
    `d`, up to the head of the arrow."""

    edge: Edge
    start: Point
    end: Point
    path: str


def number(value: float) -> str:
    """As short as SVG allows, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def entries(stack: Stack, coming: Sequence[Edge]) -> dict[Edge, Point]:
    """Where each line comes to its target: from left to right as they come. Those from elsewhere
    (`coming`) come from the left."""
    arriving: dict[str, dict[tuple[float, str], list[Edge]]] = {}
    for edge in coming:
        arriving.setdefault(edge.target, {}).setdefault((-1.0, edge.source), []).append(edge)
    for edge, route in stack.routes.items():
        before = stack.spots[edge.source].exit(edge.label)[0]
        at = (stack.waypoints[route[-1]] if route else before, "")
        arriving.setdefault(edge.target, {}).setdefault(at, []).append(edge)
    found: dict[Edge, Point] = {}
    for key, groups in arriving.items():
        spot = stack.spots[key]
        step = min(_PORTS, spot.card.width / (len(groups) + 1))
        middle = spot.left + spot.card.width / 2
        for index, at in enumerate(sorted(groups)):
            x = middle + step * (index - (len(groups) - 1) / 2)
            found |= dict.fromkeys(groups[at], (round(x, 1), spot.top))
    return found


def inside(stack: Stack, ends: Mapping[Edge, Point]) -> dict[Edge, Line]:
    return {edge: _line(edge, stack, ends[edge]) for edge in stack.routes}


def _line(edge: Edge, stack: Stack, end: Point) -> Line:
    """Straight down beside the cards of a row, and swung between the rows."""
    source = stack.spots[edge.source]
    start = source.exit(edge.label)
    x = start[0]
    parts = [f"M{number(x)} {number(start[1])}", f"V{number(stack.rows[source.row].bottom)}"]
    bottom = stack.rows[source.row].bottom
    for point in stack.routes[edge]:
        row = stack.rows[point.row]
        parts.append(_swing((x, bottom), (stack.waypoints[point], row.top)))
        x, bottom = stack.waypoints[point], row.bottom
        parts.append(f"V{number(bottom)}")
    parts.append(_swing((x, bottom), (end[0], end[1] - ARROW)))
    return Line(edge=edge, start=start, end=end, path="".join(parts))


def _swing(start: Point, end: Point) -> str:
    if start[0] == end[0]:
        return f"V{number(end[1])}"
    middle = number((start[1] + end[1]) / 2)
    curve = f"C{number(start[0])} {middle} {number(end[0])} {middle}"
    return f"{curve} {number(end[0])} {number(end[1])}"
