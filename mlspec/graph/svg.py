"""A graph as SVG: one file that needs nothing else, and draws the same everywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import visible
from mlspec.graph.cards import FIRST_BASELINE, LINE_HEIGHT, TAG_HEIGHT, TEXT_X
from mlspec.graph.colours import style_sheet
from mlspec.graph.icons import ICONS
from mlspec.graph.ids import node_ids
from mlspec.graph.layout import MARGIN, lay_out
from mlspec.graph.lettering import clipped, width, wrapped
from mlspec.graph.paths import ARROW, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.graph.cards import Tag
    from mlspec.graph.layout import Layout, PlacedCard, PlacedCluster
    from mlspec.graph.model import Graph
    from mlspec.graph.paths import Line

_RADIUS = 8
_SMALL = 10.5


def svg(graph: Graph) -> str:
    """A file of its own: a picture with a title and a description for who cannot see it."""
    return "".join(f"{line}\n" for line in drawing(graph, linked=False))


def drawing(graph: Graph, *, linked: bool) -> Iterator[str]:
    """The lines of the SVG element. `linked`: for a page that tells more of a node at its id; each
    node leads there."""
    layout = lay_out(graph)
    ids = node_ids(graph)
    wide, high = number(layout.width), number(layout.height)
    role = "graphics-document" if linked else "img"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
        f' viewBox="0 0 {wide} {high}" role="{role}" aria-labelledby="title desc">'
    )
    yield f'<title id="title">{_text(graph.title)}</title>'
    yield f'<desc id="desc">{_text(summary(graph))}</desc>'
    yield f"<style>{style_sheet()}</style>"
    yield f'<rect class="p" width="{wide}" height="{high}" rx="12"/>'
    yield from _heading(graph, layout)
    for cluster in layout.clusters:
        yield _band(cluster)
    for line in layout.lines:
        yield _line(line, ids)
    for cluster in layout.clusters:
        yield from _caption(cluster)
    for card in layout.cards:
        yield from _card(card, ids[card.card.node.key], linked=linked)
    yield "</svg>"


def summary(graph: Graph) -> str:
    """What the picture shows, in a sentence or two."""
    kinds = [node.kind for node in graph.nodes]
    steps = sum(node.cluster == "pipeline" for node in graph.nodes)
    counts = [("source", kinds.count("source")), ("step", steps)]
    counts += [(kind, kinds.count(kind)) for kind in ("model", "service")]
    told = ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for what, n in counts if n)
    return f"{graph.description} {f'It has {told}.' if told else 'It has no parts.'}".strip()


def _heading(graph: Graph, layout: Layout) -> Iterator[str]:
    room = layout.width - 2 * MARGIN
    if layout.width > _WITH_LEGEND:
        yield from _legend(layout.width - MARGIN)
        room -= _LEGEND_WIDTH
    title = clipped(graph.title, room, 19, bold=True)
    yield f'<text class="t" x="{number(MARGIN)}" y="36">{_text(title)}</text>'
    for line in wrapped(graph.description, room, 12.5, 1):
        yield f'<text class="d" x="{number(MARGIN)}" y="57">{_text(line)}</text>'


_LEGEND = (("", "goes to"), (" w", "is waited for, or watched, by"))
_LEGEND_WIDTH, _WITH_LEGEND = 215.0, 640.0


def _legend(right: float) -> Iterator[str]:
    """What the two kinds of lines mean."""
    x = right - _LEGEND_WIDTH
    for index, (style, meaning) in enumerate(_LEGEND):
        y = 30 + 18 * index
        head = f"{_at(x + 30, y)} {_at(x + 30 - ARROW, y - 3.4)} {_at(x + 30 - ARROW, y + 3.4)}"
        path = f'<path d="M{number(x)} {y}H{number(x + 30 - ARROW)}"/><polygon points="{head}"/>'
        yield f'<g class="e{style}">{path}</g>'
        yield f'<text class="o" x="{number(x + 38)}" y="{y + 4}">{meaning}</text>'


def _band(placed: PlacedCluster) -> str:
    box, cluster = placed.box, placed.cluster
    return (
        f'<rect class="b-{cluster.name}" x="{number(box.x)}" y="{number(box.y)}"'
        f' width="{number(box.width)}" height="{number(box.height)}" rx="12"/>'
    )


def _caption(placed: PlacedCluster) -> Iterator[str]:
    """After the lines, which pass behind it."""
    box, cluster = placed.box, placed.cluster
    y = number(box.y + 21)
    title = cluster.title.upper()
    taken = width(title, _SMALL, bold=True) + len(title)
    yield _patch(placed, box.x + 16, taken)
    yield f'<text class="h" x="{number(box.x + 16)}" y="{y}">{_text(title)}</text>'
    if note := clipped(cluster.note, box.width - taken - 56, _SMALL):
        x = box.right - 16
        yield _patch(placed, x - width(note, _SMALL), width(note, _SMALL))
        yield f'<text class="o" x="{number(x)}" y="{y}" text-anchor="end">{_text(note)}</text>'


def _patch(placed: PlacedCluster, x: float, wide: float) -> str:
    """What keeps lines away from a text on a band."""
    return (
        f'<rect class="b-{placed.cluster.name}" x="{number(x - 4)}" y="{number(placed.box.y + 9)}"'
        f' width="{number(wide + 8)}" height="16" rx="4"/>'
    )


def _line(line: Line, ids: Mapping[str, str]) -> str:
    (x, y), edge = line.end, line.edge
    head = f"{_at(x, y)} {_at(x - 3.4, y - ARROW)} {_at(x + 3.4, y - ARROW)}"
    return (
        f'<g class="e{"" if edge.flow else " w"}" data-from="{ids[edge.source]}"'
        f' data-to="{ids[edge.target]}"><path d="{line.path}"/><polygon points="{head}"/></g>'
    )


def _at(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"


def _card(placed: PlacedCard, id: str, *, linked: bool) -> Iterator[str]:
    card, box = placed.card, placed.box
    node = card.node
    told = "\n".join((f"{node.kind}: {visible(node.label)}", *map(visible, node.lines)))
    corner = f'transform="translate({number(box.x)} {number(box.y)})"'
    if linked:
        yield f'<a href="#{id}" class="n k-{node.kind}" data-id="{id}" {corner}>'
    else:
        yield f'<g class="n k-{node.kind}" {corner}>'
    yield f"<title>{_text(told)}</title>"
    for tag in card.tags:
        if tag.text:
            yield _tag(tag, box.height)
    wide, high = number(box.width), number(box.height)
    yield f'<rect class="c" width="{wide}" height="{high}" rx="{_RADIUS}"/>'
    yield f'<rect class="a" x="3" y="10" width="3" height="{number(box.height - 20)}" rx="1.5"/>'
    yield f'<path class="i" transform="translate(12.5 8)" d="{ICONS[node.kind]}"/>'
    yield _label("l", FIRST_BASELINE, card.label)
    for index, line in enumerate(card.lines, 1):
        yield _label("s", FIRST_BASELINE + 1 + LINE_HEIGHT * index, line)
    yield "</a>" if linked else "</g>"


def _label(style: str, y: float, text: str) -> str:
    return f'<text class="{style}" x="{number(TEXT_X)}" y="{number(y)}">{_text(text)}</text>'


def _tag(tag: Tag, top: float) -> str:
    """It hangs below the card, its upper corners behind it."""
    x, y = number(tag.x - tag.width / 2), number(top - 6)
    return (
        f'<g class="g"><rect x="{x}" y="{y}" width="{number(tag.width)}"'
        f' height="{number(TAG_HEIGHT + 6)}" rx="6"/><text x="{number(tag.x)}"'
        f' y="{number(top + 12)}" text-anchor="middle">{_text(tag.text)}</text></g>'
    )


def _text(text: str) -> str:
    """Any text as XML: what XML cannot hold is shown as an escape."""
    return escape("\n".join(visible(line) for line in text.split("\n")))
