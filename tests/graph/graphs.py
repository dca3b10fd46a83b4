"""Graphs for tests: small ones by hand, and any at all, with text that means harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mlspec.graph.build import graph_of
from mlspec.graph.model import Cluster, Edge, Graph, Node
from mlspec.plan.model import Plan
from tests.plans import wine_plan

if TYPE_CHECKING:
    from mlspec.graph.model import ClusterName, NodeKind

CLUSTERS: tuple[ClusterName, ...] = ("data", "pipeline", "registry", "serving", "monitoring")
KINDS: tuple[NodeKind, ...] = (
    "source", "ingest", "check", "transform", "train", "evaluate", "gate", "register", "report",
    "model", "predictor", "service", "alerts",
)  # fmt: skip

HOSTILE = (
    "",
    "end",
    "graph",
    '"]; click n1 call alert()',
    "</title></svg><script>alert(1)</script>",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "%% a comment",
    "`**markdown**`",
    "style: n1 fill:#f00;",
    "a\nb\r\nc\td",
    "]]> --> <!-- &amp; &#35; #quot;",
    "x" * 400,
    "\u202eabc\u200b\x00\x1b[31m\ud800\ufffe",
    "🍷🍇 品質 ﷽",
    "${{ inputs.x }} {{ x }} {% x %}",
    "javascript:alert(1)",
    "' onload='alert(1)",
)

texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph that keeps to what `Graph` promises: no cycle, no way back to another cluster."""
    places = sorted(draw(st.lists(st.integers(0, 4), min_size=0, max_size=18)))
    keys = draw(st.lists(texts, min_size=len(places), max_size=len(places), unique=True))
    nodes = tuple(
        Node(
            key=key,
            kind=draw(st.sampled_from(KINDS)),
            cluster=CLUSTERS[place],
            label=draw(texts),
            lines=tuple(draw(st.lists(texts, max_size=7))),
            details=tuple(draw(st.lists(st.tuples(texts, texts), max_size=3))),
        )
        for place, key in zip(places, keys, strict=True)
    )
    ends = st.tuples(st.integers(0, len(nodes) - 1), st.integers(0, len(nodes) - 1))
    pairs = draw(st.lists(ends, max_size=30)) if nodes else []
    edges = (
        Edge(
            source=keys[min(pair)],
            target=keys[max(pair)],
            label=draw(st.one_of(st.just(""), texts)),
            flow=draw(st.booleans()),
        )
        for pair in pairs
        if pair[0] != pair[1]
    )
    used = dict.fromkeys(places)
    return Graph(
        title=draw(texts),
        description=draw(texts),
        clusters=tuple(
            Cluster(name=CLUSTERS[p], title=CLUSTERS[p], note=draw(texts)) for p in used
        ),
        nodes=nodes,
        edges=tuple(dict.fromkeys(edges)),
    )


def wine_graph(**changes: Any) -> Graph:
    """Of the example in prod, as `tests/plans.py` has it."""
    return graph_of(wine_plan(**changes))


def ends(graph: Graph) -> list[tuple[str, str, str]]:
    """The edges, by the labels of the nodes and what the edge hands on; `waits` if nothing."""
    labels = {node.key: node.label for node in graph.nodes}
    return [
        (labels[e.source], labels[e.target], e.label or ("" if e.flow else "waits"))
        for e in graph.edges
    ]


def node(graph: Graph, label: str, kind: str) -> Node:
    [found] = [each for each in graph.nodes if (each.label, each.kind) == (label, kind)]
    return found


def chain(length: int) -> Plan:
    """A pipeline of so many steps, each of which reads what the one before wrote."""
    from mlspec.plan.model import Input, Output
    from tests.plans import wine_pipeline, wine_steps

    clean = wine_steps()[2]
    steps = [
        clean.replace(
            name=f"s{index}",
            inputs=(Input(name="x", step=f"s{index - 1}", output="x"),) if index else (),
            outputs=(Output(name="x", kind="dataset", format="csv"),),
            after=(),
        )
        for index in range(length)
    ]
    return wine_plan(pipeline=wine_pipeline(steps=tuple(steps)), services=())
