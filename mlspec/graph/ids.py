"""Ids for a document, whatever the keys of the nodes hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlspec.graph.model import Graph


def node_ids(graph: Graph) -> dict[str, str]:
    """Key of a node → its id: a letter and a number."""
    return {node.key: f"n{number}" for number, node in enumerate(graph.nodes, 1)}
