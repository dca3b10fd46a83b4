"""The graph: what there is to draw of a plan, before anyone knows how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    ClusterName: TypeAlias = Literal["data", "pipeline", "registry", "serving", "monitoring"]
    NodeKind: TypeAlias = Literal[
        "source", "ingest", "check", "transform", "train", "evaluate", "gate", "register",
        "report", "model", "predictor", "service", "alerts",
    ]  # fmt: skip
    Details: TypeAlias = tuple[tuple[str, str], ...]
    """Term → value, in the order in which to tell them. A value may have several lines."""


class Node(Record):
    """`key` is unique in the graph and may hold any text: a writer makes ids of its own.

    `lines` are the few words that go with the label; `details` are all there is to know.
    """

    key: str
    kind: NodeKind
    cluster: ClusterName
    label: str
    lines: tuple[str, ...] = ()
    details: Details = ()


class Edge(Record):
    """From `source` to `target`, keys of nodes. `label` is what is handed on. Without `flow`
    nothing is that counts: the target waits for the source, watches it, or gets a copy."""

    source: str
    target: str
    label: str = ""
    flow: bool = True


class Cluster(Record):
    """A part of the picture. `note` goes with its title."""

    name: ClusterName
    title: str
    note: str = ""


class Graph(Record):
    """Nodes in the order of the plan. Clusters in the order of the data, those without nodes left
    out. The edges have no cycle, and none leads to an earlier cluster."""

    title: str
    description: str
    clusters: tuple[Cluster, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
