"""A graph as a page of its own: the picture, and all there is to know of each node.

Nothing is loaded from anywhere. A policy in the page allows its own style and script, by their
digests, and nothing else; where scripts are off the details stand below the picture.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.diagnostics.visible import visible
from mlspec.graph.colours import style_sheet
from mlspec.graph.ids import node_ids
from mlspec.graph.svg import drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.graph.model import Graph, Node

_FOLDER = Path(__file__).parent


def html(graph: Graph) -> str:
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(graph.title)}</title>"
    yield f"<style>{style}</style>"
    yield "</head>"
    yield "<body>"
    yield "<main>"
    yield from drawing(graph, linked=True)
    yield "</main>"
    yield "<aside>"
    yield '<button class="close" type="button">Close</button>'
    ids = node_ids(graph)
    for node in graph.nodes:
        yield from _details(node, ids[node.key])
    yield "</aside>"
    yield f"<script>{script}</script>"
    yield "</body>"
    yield "</html>"


def _policy(style: str, script: str) -> str:
    styles = " ".join(f"'sha256-{_digest(text)}'" for text in (style, style_sheet()))
    policy = f"default-src 'none'; style-src {styles}; script-src 'sha256-{_digest(script)}'"
    return escape(f"{policy}; base-uri 'none'; form-action 'none'")


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _details(node: Node, id: str) -> Iterator[str]:
    yield f'<section id="{id}">'
    yield f"<h2>{_text(node.label)}<small>{node.kind}</small></h2>"
    yield "<dl>"
    for term, value in node.details:
        style = ' class="command"' if term == "Command" else ""
        yield f"<dt>{_text(term)}</dt><dd{style}>{_text(value)}</dd>"
    yield "</dl>"
    yield "</section>"


def _text(text: str) -> str:
    return escape("\n".join(visible(line) for line in text.split("\n")))
