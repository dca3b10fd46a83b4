"""What a layout looks like: boxes, and lines as the points that they go through."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from mlspec.graph.cards import TAG_HEIGHT
from mlspec.graph.layout import Layout, PlacedCard
from mlspec.graph.paths import Line

_NUMBERS = {"M": 2, "L": 2, "V": 1, "H": 1, "Q": 4, "C": 6}
STEPS = 24


def with_tags(placed: PlacedCard) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a card and what hangs below it."""
    box = placed.box
    return box.x, box.y, box.right, box.bottom + placed.card.tray


def parts(placed: PlacedCard) -> list[tuple[float, float, float, float]]:
    """The card, and each of its tags."""
    box = placed.box
    tags = [tag for tag in placed.card.tags if tag.text]
    middles = [(box.x + tag.x, tag.width / 2) for tag in tags]
    below = [(x - half, box.bottom, x + half, box.bottom + TAG_HEIGHT) for x, half in middles]
    return [(box.x, box.y, box.right, box.bottom), *below]


def overlapping(layout: Layout) -> list[tuple[str, str]]:
    """The pairs of cards that share more than an edge."""
    boxes = [(placed.card.node.key, with_tags(placed)) for placed in layout.cards]
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def points(line: Line) -> list[tuple[float, float]]:
    """The path, as points near to each other."""
    x, y = 0.0, 0.0
    found: list[tuple[float, float]] = []
    for letter, text in re.findall(r"([MLVHQC])([^MLVHQC]*)", line.path):
        values = [float(number) for number in text.split()]
        assert len(values) == _NUMBERS[letter], line.path
        ends = {"V": (x, values[-1]), "H": (values[-1], y)}.get(
            letter, (values[-2:][0], values[-1])
        )
        control = values[:-2] if letter in "QC" else []
        corners = [(x, y), *zip(control[::2], control[1::2], strict=True), ends]
        if letter != "M":
            found += [_on_curve(corners, step / STEPS) for step in range(STEPS + 1)]
        x, y = ends
    return found


def _on_curve(corners: list[tuple[float, float]], at: float) -> tuple[float, float]:
    """De Casteljau: a straight line, or a Bézier curve of any degree."""
    while len(corners) > 1:
        pairs = pairwise(corners)
        corners = [(a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at) for a, b in pairs]
    return corners[0]


def crossed(layout: Layout) -> list[tuple[str, str, str]]:
    """Source, target and the card that the line between them goes through, or through a tag of."""
    boxes = [(placed.card.node.key, box) for placed in layout.cards for box in parts(placed)]
    return [
        (line.edge.source, line.edge.target, key)
        for line in layout.lines
        for key, (left, top, right, bottom) in boxes
        if any(left + 1 < x < right - 1 and top + 1 < y < bottom - 1 for x, y in points(line))
    ]
