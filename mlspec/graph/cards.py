"""Nodes as cards: their text, cut to fit, their size, and the tags below them.

A tag is the name of something that a node hands on. It stands once, below the card, and all edges
on which that goes begin at it, so that no text stands in the way of a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.graph.lettering import clipped, width, wrapped
from mlspec.record import Record

if TYPE_CHECKING:
    from mlspec.graph.model import Graph, Node

LABEL_SIZE, LINE_SIZE, TAG_SIZE = 13, 11, 10.5
MAX_LINES = 5
_MIN_WIDTH, _MAX_WIDTH = 116.0, 212.0
TEXT_X = 34.0
"""Where text begins: the icon stands before it."""
_RIGHT = 11.0
FIRST_BASELINE, LINE_HEIGHT = 20.0, 15.0
_BOTTOM = 11.0
TAG_HEIGHT, _TAG_PADDING, _TAG_GAP, _MAX_TAG = 17.0, 9.0, 5.0, 110.0


class Tag(Record):
    """`text` as it is shown, `label` as the edges have it; without text, a place where edges begin
    that hand nothing on. `x` is its middle, from the left of the card."""

    label: str
    text: str
    x: float
    width: float


class Card(Record):
    node: Node
    label: str
    lines: tuple[str, ...]
    tags: tuple[Tag, ...]
    width: float
    height: float

    @property
    def tray(self) -> float:
        """The height of what hangs below the card."""
        return TAG_HEIGHT if any(tag.text for tag in self.tags) else 0.0


def cards_of(graph: Graph) -> dict[str, Card]:
    """Key of the node → its card."""
    handed_on: dict[str, dict[str, None]] = {node.key: {} for node in graph.nodes}
    for edge in graph.edges:
        handed_on[edge.source][edge.label] = None
    return {node.key: _card(node, list(handed_on[node.key])) for node in graph.nodes}


def _card(node: Node, labels: list[str]) -> Card:
    room = _MAX_WIDTH - TEXT_X - _RIGHT
    label = clipped(node.label, room, LABEL_SIZE, bold=True)
    shown = node.lines
    if len(shown) > MAX_LINES:
        shown = (*shown[: MAX_LINES - 1], f"and {len(shown) - MAX_LINES + 1} more")
    lines = tuple(part for line in shown for part in wrapped(line, room, LINE_SIZE, 2))
    texts = [clipped(name, _MAX_TAG - 2 * _TAG_PADDING, TAG_SIZE) for name in labels]
    widths = [width(text, TAG_SIZE) + 2 * _TAG_PADDING if text else 14.0 for text in texts]
    text_width = max(
        width(label, LABEL_SIZE, bold=True), *(width(line, LINE_SIZE) for line in lines), 0.0
    )
    tags_width = sum(widths) + _TAG_GAP * (len(widths) + 1)
    wanted = max(_MIN_WIDTH, TEXT_X + text_width + _RIGHT, tags_width)
    size = float(round(wanted))
    return Card(
        node=node,
        label=label,
        lines=lines,
        tags=_tags(labels, texts, widths, size),
        width=size,
        height=FIRST_BASELINE + LINE_HEIGHT * len(lines) + _BOTTOM,
    )


def _tags(labels: list[str], texts: list[str], widths: list[float], room: float) -> tuple[Tag, ...]:
    """Side by side, with the same space between all of them."""
    gap = (room - sum(widths)) / (len(widths) + 1)
    tags, left = [], gap
    for label, text, wide in zip(labels, texts, widths, strict=True):
        tags.append(Tag(label=label, text=text, x=round(left + wide / 2, 1), width=round(wide, 1)))
        left += wide + gap
    return tuple(tags)
