"""Two graphs of one thing, before and after a change → the graph of both, and what became of each
node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    from mlspec.graph.model import Graph

    Fate: TypeAlias = Literal["new", "changed", "gone"]


def touched(before: Graph, after: Graph) -> tuple[Graph, Mapping[str, Fate]]:
    """The graph after the change, with what is gone from it drawn still; and the fate of each node
    that is not as it was, by its key."""
    old = {node.key: node for node in before.nodes}
    new = {node.key: node for node in after.nodes}
    fates: dict[str, Fate] = {}
    for key, node in new.items():
        if key not in old:
            fates[key] = "new"
        elif old[key] != node:
            fates[key] = "changed"
    gone = [node for key, node in old.items() if key not in new]
    fates |= {node.key: "gone" for node in gone}
    lost = [
        edge for edge in before.edges if "gone" in (fates.get(edge.source), fates.get(edge.target))
    ]
    known = {cluster.name for cluster in after.clusters}
    clusters = (*after.clusters, *(each for each in before.clusters if each.name not in known))
    return (
        after.replace(
            clusters=clusters,
            nodes=(*after.nodes, *gone),
            edges=tuple(dict.fromkeys((*after.edges, *lost))),
        ),
        fates,
    )
