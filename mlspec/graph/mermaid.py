"""A graph as a Mermaid flowchart, which GitHub and GitLab draw where it stands in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import visible
from mlspec.graph.colours import DAY
from mlspec.graph.ids import node_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.graph.model import Edge, Graph, Node, NodeKind

_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "source": ("[(", ")]"),
    "check": ("([", "])"),
    "gate": ("{{", "}}"),
    "model": ("[[", "]]"),
    "service": ("(", ")"),
    "alerts": ("[/", "/]"),
}  # all else: a rectangle

_PLAIN = frozenset(" ._-/+=,")
"""What stands for itself in a quoted text, besides letters and digits of any script. All other
ASCII is written as an entity: quotes and brackets would end the text, `%%{` anywhere begins a
directive, a backtick Markdown, and `#` an entity."""


_MARKS = {
    "new": "stroke:#1a7f37,stroke-width:4px",
    "changed": "stroke:#9a6700,stroke-width:4px",
    "gone": "stroke:#cf222e,stroke-width:4px,stroke-dasharray:6 4",
}
"""How a touched node stands out; its text says it too."""


def mermaid(graph: Graph, fates: Mapping[str, str] | None = None) -> str:
    """`fates`: key of a node → what became of it, where something did (`graph.touched`)."""
    return "".join(f"{line}\n" for line in _lines(graph, fates or {}))


def _lines(graph: Graph, fates: Mapping[str, str]) -> Iterator[str]:
    ids = node_ids(graph)
    yield "flowchart LR"
    yield f"  accTitle: {_plain(graph.title)}"
    for cluster in graph.clusters:
        title = f"{cluster.title} · {cluster.note}" if cluster.note else cluster.title
        yield f'  subgraph {cluster.name}_part["{quoted(title)}"]'
        for node in graph.nodes:
            if node.cluster == cluster.name:
                fate = fates.get(node.key)
                shown = node.replace(lines=(*node.lines, fate)) if fate else node
                yield f"    {_node(shown, ids[node.key])}"
        yield "  end"
    for edge in graph.edges:
        yield f"  {_edge(edge, ids[edge.source], ids[edge.target])}"
    for cluster in graph.clusters:
        fill = f"fill:{DAY.band[cluster.name]},stroke:{DAY.border},color:{DAY.ink}"
        yield f"  style {cluster.name}_part {fill}"
    for kind in dict.fromkeys(node.kind for node in graph.nodes):
        fill = f"fill:{DAY.card},stroke:{DAY.kinds[kind]},color:{DAY.ink}"
        yield f"  classDef {kind}Kind {fill}"
    for fate in dict.fromkeys(fates.values()):
        marked = ",".join(ids[key] for key, each in fates.items() if each == fate)
        yield f"  classDef {fate}Mark {_MARKS[fate]}"
        yield f"  class {marked} {fate}Mark"


def _node(node: Node, id: str) -> str:
    opening, closing = _SHAPES.get(node.kind, ("[", "]"))
    text = "<br/>".join(quoted(line) for line in (node.label, *node.lines))
    return f'{id}{opening}"{text}"{closing}:::{node.kind}Kind'


def _edge(edge: Edge, source: str, target: str) -> str:
    arrow = "-->" if edge.flow else "-.->"
    label = f'|"{quoted(edge.label)}"|' if edge.label else ""
    return f"{source} {arrow}{label} {target}"


def quoted(text: str) -> str:
    """The text as it stands between double quotes. Never empty: Mermaid takes no empty text."""
    shown = visible(text)
    return "".join(char if _is_plain(char) else f"#{ord(char)};" for char in shown) or "#32;"


def _plain(text: str) -> str:
    """The text where Mermaid takes no entities: what could mean something to it is left out."""
    return "".join(char for char in visible(text) if _is_plain(char)).strip() or "graph"


def _is_plain(char: str) -> bool:
    return not char.isascii() or char.isalnum() or char in _PLAIN
