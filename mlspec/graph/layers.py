"""Which row each node stands in, and in what order: the layered drawing of Sugiyama, Tagawa, Toda.

Rows go downwards. A row belongs to one cluster, so clusters are bands. An edge over several rows
gets a waypoint in each row between, and all edges from one tag share theirs.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from mlspec.graph.model import ClusterName, Edge, Node

    Stop: TypeAlias = "str | Waypoint"
    """What stands in a row: a node, by its key, or a waypoint."""

SWEEPS = 12


class Waypoint(NamedTuple):
    """Where the edges from the tag `label` of `source` cross a row that they do not end in."""

    source: str
    label: str
    row: int


class Rows(NamedTuple):
    """`order`: the keys and waypoints of each row, from left to right. `links`: pairs of them in
    neighbouring rows. `routes`: the waypoints of each edge."""

    order: list[list[Stop]]
    clusters: list[ClusterName]
    links: list[tuple[Stop, Stop]]
    routes: dict[Edge, list[Waypoint]]


def rows_of(nodes: Sequence[Node], edges: Sequence[Edge]) -> Rows:
    row = _rows(nodes, edges)
    count = max(row.values()) + 1
    order: list[list[Stop]] = [[] for _ in range(count)]
    clusters: list[ClusterName] = [nodes[0].cluster] * count
    for node in nodes:
        order[row[node.key]].append(node.key)
        clusters[row[node.key]] = node.cluster
    links: dict[tuple[Stop, Stop], None] = {}
    routes = {}
    for edge in edges:
        between = range(row[edge.source] + 1, row[edge.target])
        routes[edge] = [Waypoint(edge.source, edge.label, each) for each in between]
        stops: list[Stop] = [edge.source, *routes[edge], edge.target]
        links |= dict.fromkeys(pairwise(stops))
    for waypoint in dict.fromkeys(point for route in routes.values() for point in route):
        order[waypoint.row].append(waypoint)
    return Rows(_untangled(order, list(links)), clusters, list(links), routes)


def _rows(nodes: Sequence[Node], edges: Iterable[Edge]) -> dict[str, int]:
    """As far up as what comes before allows; a cluster begins below the one before it."""
    before: dict[str, list[str]] = {node.key: [] for node in nodes}
    for edge in edges:
        before[edge.target].append(edge.source)
    row: dict[str, int] = {}
    top = 0
    for cluster in dict.fromkeys(node.cluster for node in nodes):
        members = {node.key for node in nodes if node.cluster == cluster}
        for key in _in_order(members, before):
            row[key] = max([top, *(row[each] + 1 for each in before[key])])
        top = max(row.values()) + 1
    return row


def _in_order(members: set[str], before: Mapping[str, list[str]]) -> Iterable[str]:
    """Those of a cluster, each after what comes before it. Without recursion: a pipeline may be a
    thousand steps long."""
    done: dict[str, None] = {}
    for first in before:
        waiting = [first] if first in members else []
        while waiting:
            missing = [k for k in before[waiting[-1]] if k in members and k not in done]
            if missing:
                waiting.append(missing[0])
            else:
                done[waiting.pop()] = None
    return done


# ── order within the rows ─────────────────────────────────────────────────────────────────────────


def _untangled(order: list[list[Stop]], links: list[tuple[Stop, Stop]]) -> list[list[Stop]]:
    """The order with the fewest crossings of those that sweeps down and up come by."""
    above: dict[Stop, list[Stop]] = {}
    below: dict[Stop, list[Stop]] = {}
    for upper, lower in links:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    best, fewest = [list(row) for row in order], _crossings(order, below)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        near = above if downwards else below
        rows = range(1, len(order)) if downwards else range(len(order) - 2, -1, -1)
        for index in rows:
            other = order[index - 1 if downwards else index + 1]
            order[index] = _by_middle(order[index], other, near)
        found = _crossings(order, below)
        if found < fewest:
            best, fewest = [list(row) for row in order], found
    return best


def _by_middle(
    row: list[Stop],
    other: list[Stop],
    near: Mapping[Stop, list[Stop]],
) -> list[Stop]:
    """The row sorted by the mean position of the neighbours; who has none stays where it is."""
    place = {key: index for index, key in enumerate(other)}
    scale = len(other) / max(len(row), 1)

    def middle(at: int) -> float:
        found = [place[key] for key in near.get(row[at], ())]
        return sum(found) / len(found) if found else at * scale

    return [row[at] for at in sorted(range(len(row)), key=middle)]


def _crossings(order: list[list[Stop]], below: Mapping[Stop, list[Stop]]) -> int:
    count = 0
    for upper, lower in pairwise(order):
        place = {key: index for index, key in enumerate(lower)}
        ends: list[int] = []
        for key in upper:
            found = sorted(place[each] for each in below.get(key, ()))
            count += sum(len(ends) - bisect_right(ends, end) for end in found)
            for end in found:
                insort(ends, end)
    return count
