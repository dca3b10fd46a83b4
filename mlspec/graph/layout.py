"""Where everything of a graph is drawn.

Two stacks of clusters stand side by side: on the left what makes models (data, pipeline), on the
right what uses them (registry, serving, monitoring). Within a stack, rows go downwards and lines
from row to row. A line from the left stack to the right one leaves through the space below its row,
goes up or down in the gutter between the stacks, and comes in through the space above a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph.cards import cards_of
from mlspec.graph.gutter import across, lanes_width
from mlspec.graph.paths import Line, entries, inside
from mlspec.graph.stacks import Stack, stack_of
from mlspec.record import Record

if TYPE_CHECKING:
    from mlspec.graph.cards import Card
    from mlspec.graph.model import Cluster, ClusterName, Graph
    from mlspec.graph.stacks import Spot

MARGIN = 20.0
HEADER = 74.0
_GUTTER = 22.0
LEFT: tuple[ClusterName, ...] = ("data", "pipeline")
RIGHT: tuple[ClusterName, ...] = ("registry", "serving", "monitoring")
_NARROWEST = 360.0


class Box(Record):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


class PlacedCard(Record):
    card: Card
    box: Box


class PlacedCluster(Record):
    cluster: Cluster
    box: Box


class Layout(Record):
    """All of the picture, in pixels from its top left corner. Lines are in the order of the graph's
    edges."""

    width: float
    height: float
    clusters: tuple[PlacedCluster, ...]
    cards: tuple[PlacedCard, ...]
    lines: tuple[Line, ...]


def lay_out(graph: Graph) -> Layout:
    cards = cards_of(graph)
    left = _stack(graph, cards, LEFT)
    right = _stack(graph, cards, RIGHT, left.height)
    crossing = [e for e in graph.edges if e.source in left.spots and e.target in right.spots]
    gutter = _GUTTER + lanes_width(len(crossing)) if left.spots and right.spots else 0.0
    height = max(left.height, right.height)
    left = left.moved(MARGIN, HEADER)
    right = right.moved(MARGIN + left.width + gutter, HEADER + max(0.0, height - right.height))
    ends = {**entries(left, ()), **entries(right, crossing)}
    lines = {**inside(left, ends), **inside(right, ends)}
    lines |= across(crossing, left, right, ends, MARGIN + left.width + _GUTTER / 2 + 3)
    spots: dict[str, Spot] = {**left.spots, **right.spots}
    return Layout(
        width=max(MARGIN * 2 + left.width + gutter + right.width, _NARROWEST),
        height=HEADER + height + MARGIN,
        clusters=tuple(
            PlacedCluster(
                cluster=cluster,
                box=Box(x=stack.x, y=band.top, width=stack.width, height=band.bottom - band.top),
            )
            for cluster in graph.clusters
            for stack in (left, right)
            for band in stack.bands
            if band.cluster == cluster.name
        ),
        cards=tuple(PlacedCard(card=cards[key], box=_box(cards[key], spots[key])) for key in cards),
        lines=tuple(lines[edge] for edge in graph.edges),
    )


def _stack(
    graph: Graph, cards: dict[str, Card], names: tuple[ClusterName, ...], height: float = 0.0
) -> Stack:
    nodes = [node for name in names for node in graph.nodes if node.cluster == name]
    keys = {node.key for node in nodes}
    inner = [edge for edge in graph.edges if edge.source in keys and edge.target in keys]
    coming = [e for e in graph.edges if e.target in keys and e.source not in keys]
    going = [e for e in graph.edges if e.source in keys and e.target not in keys]
    return stack_of(nodes, inner, cards, coming, going, height=height)


def _box(card: Card, spot: Spot) -> Box:
    return Box(x=spot.left, y=spot.top, width=card.width, height=card.height)
