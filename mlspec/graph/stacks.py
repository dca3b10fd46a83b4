"""A stack: clusters above one another, each a band of rows of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph.layers import Rows, Waypoint, rows_of
from mlspec.graph.spread import middles
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlspec.graph.cards import Card, Tag
    from mlspec.graph.layers import Stop
    from mlspec.graph.model import ClusterName, Edge, Node

SIDE, TOP, BOTTOM = 16.0, 36.0, 16.0
"""Between a band's edge and what is in it; its title is in the top one."""
BETWEEN_BANDS = 22.0
_MOST_BETWEEN_BANDS = 60.0
BETWEEN_ROWS = 26.0
TRACK = 7.0
"""Between lines that go sideways through the space between two rows."""
_FLATTEST, _MOST_FOR_SWINGS = 12.0, 36.0
_NARROWEST = 230.0


class Spot(Record):
    """Where a card stands: its top left corner."""

    card: Card
    left: float
    top: float
    row: int

    def tag(self, label: str) -> Tag:
        return next(tag for tag in self.card.tags if tag.label == label)

    def exit(self, label: str) -> tuple[float, float]:
        """Where the edges from a tag begin: below it, or at the card where it has no text."""
        tag = self.tag(label)
        bottom = self.top + self.card.height + (self.card.tray if tag.text else 0.0)
        return round(self.left + tag.x, 1), round(bottom, 1)


class Row(Record):
    """No card of the row reaches above `top` or, with its tags, below `bottom`."""

    top: float
    bottom: float


class Band(Record):
    cluster: ClusterName
    top: float
    bottom: float


class Stack(Record):
    """`waypoints`: where lines cross rows, as their x."""

    x: float
    y: float
    width: float
    height: float
    bands: tuple[Band, ...]
    rows: tuple[Row, ...]
    spots: Mapping[str, Spot]
    waypoints: Mapping[Waypoint, float]
    routes: Mapping[Edge, Sequence[Waypoint]]

    def moved(self, x: float, y: float) -> Stack:
        """The stack somewhere else: its corner at x and y."""
        right, down = x - self.x, y - self.y
        return self.replace(
            x=x,
            y=y,
            bands=tuple(
                band.replace(top=band.top + down, bottom=band.bottom + down) for band in self.bands
            ),
            rows=tuple(
                row.replace(top=row.top + down, bottom=row.bottom + down) for row in self.rows
            ),
            spots={
                key: spot.replace(left=spot.left + right, top=spot.top + down)
                for key, spot in self.spots.items()
            },
            waypoints={point: at + right for point, at in self.waypoints.items()},
        )


_NOTHING = Stack(
    x=0.0, y=0.0, width=0.0, height=0.0, bands=(), rows=(), spots={}, waypoints={}, routes={}
)


def stack_of(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    cards: Mapping[str, Card],
    coming: Sequence[Edge] = (),
    going: Sequence[Edge] = (),
    *,
    height: float = 0.0,
) -> Stack:
    """The nodes, cluster by cluster, at 0, 0. `coming` and `going` are edges from and to elsewhere,
    for which there must be space above and below rows. The bands move apart, within reason, to fill
    the `height`."""
    if not nodes:
        return _NOTHING
    rows = rows_of(nodes, edges)
    x = middles(rows, {node.key: cards[node.key].width for node in nodes})
    row_of = {key: index for index, row in enumerate(rows.order) for key in row}
    spaces = _spaces(rows, x, _tracks(len(rows.order), row_of, coming, going))
    placed, bands, total = _heights(rows, cards, spaces)
    if height > total and len(bands) > 1:
        more = min(_MOST_BETWEEN_BANDS - BETWEEN_BANDS, (height - total) / (len(bands) - 1))
        placed, bands, total = _heights(rows, cards, spaces, BETWEEN_BANDS + round(more))
    wide = max(x[key] + _half(key, cards) for key in x)
    width = max(wide + 2 * SIDE, _NARROWEST)
    shift = (width - wide) / 2
    return Stack(
        x=0.0,
        y=0.0,
        width=round(width, 1),
        height=total,
        bands=bands,
        rows=placed,
        spots={
            node.key: Spot(
                card=cards[node.key],
                left=round(x[node.key] - cards[node.key].width / 2 + shift, 1),
                top=placed[row_of[node.key]].top,
                row=row_of[node.key],
            )
            for node in nodes
        },
        waypoints={k: round(at + shift, 1) for k, at in x.items() if isinstance(k, Waypoint)},
        routes=rows.routes,
    )


def _half(key: Stop, cards: Mapping[str, Card]) -> float:
    return 0.0 if isinstance(key, Waypoint) else cards[key].width / 2


def _tracks(
    count: int, row_of: Mapping[Stop, int], coming: Sequence[Edge], going: Sequence[Edge]
) -> list[int]:
    """How many lines go sideways above each row; the last number is for below all of them."""
    tracks = [0] * (count + 1)
    for edge in coming:
        tracks[row_of[edge.target]] += 1
    for edge in going:
        tracks[row_of[edge.source] + 1] += 1
    return tracks


def _spaces(rows: Rows, x: Mapping[Stop, float], tracks: Sequence[int]) -> list[float]:
    """How much more than usual there must be above each row, and below the last one: for the lines
    that go sideways, and so that those that go far to the side do not get too flat."""
    spaces = [TRACK * count for count in tracks]
    row_of = {key: index for index, row in enumerate(rows.order) for key in row}
    for upper, lower in rows.links:
        steep = min(_MOST_FOR_SWINGS, round(abs(x[upper] - x[lower]) / _FLATTEST))
        index = row_of[lower]
        spaces[index] = max(spaces[index], TRACK * tracks[index] + steep)
    return spaces


def _heights(
    rows: Rows, cards: Mapping[str, Card], spaces: Sequence[float], between: float = BETWEEN_BANDS
) -> tuple[tuple[Row, ...], tuple[Band, ...], float]:
    """The rows and bands from top to bottom, with so much more space above each row, and the height
    of all."""
    placed: list[Row] = []
    bands: list[Band] = []
    y = 0.0
    for index, row in enumerate(rows.order):
        extra = spaces[index]
        if not bands or rows.clusters[index] != bands[-1].cluster:
            if bands:
                y += BOTTOM
                bands[-1] = bands[-1].replace(bottom=y)
                y += between
            bands.append(Band(cluster=rows.clusters[index], top=y, bottom=y))
            y += TOP + extra
        else:
            y += BETWEEN_ROWS + extra
        inside = [cards[key] for key in row if not isinstance(key, Waypoint)]
        bottom = y + max(card.height + card.tray for card in inside)
        placed.append(Row(top=y, bottom=bottom))
        y = bottom
    y += BOTTOM + spaces[-1]
    bands[-1] = bands[-1].replace(bottom=y)
    return tuple(placed), tuple(bands), y
