"""Where things are drawn: nothing lies upon anything else, whatever the graph."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given

from mlspec.graph.build import graph_of
from mlspec.graph.layout import lay_out
from mlspec.graph.model import Cluster, Edge, Graph, Node
from mlspec.graph.paths import Line
from tests.graph.drawn import crossed, overlapping, points, with_tags
from tests.graph.graphs import chain, graphs, wine_graph

EXAMPLE = lay_out(wine_graph())
LEFT = {node.key for node in wine_graph().nodes if node.cluster in ("data", "pipeline")}


@given(graphs())
def test_no_two_cards_overlap(graph: Graph) -> None:
    assert overlapping(lay_out(graph)) == []


@given(graphs())
def test_no_line_goes_through_a_card(graph: Graph) -> None:
    assert crossed(lay_out(graph)) == []


@given(graphs())
def test_every_line_leads_from_below_its_source_to_the_top_of_its_target(graph: Graph) -> None:
    layout = lay_out(graph)
    cards = {placed.card.node.key: placed for placed in layout.cards}

    assert [line.edge for line in layout.lines] == list(graph.edges)
    for line in layout.lines:
        source, target = cards[line.edge.source], cards[line.edge.target]
        left, _, right, bottom = with_tags(source)
        assert left <= line.start[0] <= right
        assert source.box.bottom <= line.start[1] <= bottom
        assert target.box.x <= line.end[0] <= target.box.right
        assert line.end[1] == target.box.y
        assert points(line)[0] == pytest.approx(line.start)
        assert points(line)[-1] == pytest.approx((line.end[0], line.end[1] - 6))


@given(graphs())
def test_every_card_is_in_its_cluster_and_all_is_in_the_picture(graph: Graph) -> None:
    layout = lay_out(graph)
    bands = {placed.cluster.name: placed.box for placed in layout.clusters}

    for placed in layout.cards:
        band = bands[placed.card.node.cluster]
        left, top, right, bottom = with_tags(placed)
        assert band.x < left and right < band.right
        assert band.y < top and bottom < band.bottom
    for box in bands.values():
        assert box.x > 0 and box.right < layout.width
        assert box.y > 0 and box.bottom < layout.height
    for line in layout.lines:
        assert all(0 < x < layout.width and 0 < y < layout.height for x, y in points(line))


@given(graphs())
def test_clusters_keep_apart(graph: Graph) -> None:
    boxes = [placed.box for placed in lay_out(graph).clusters]

    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            beside = one.right < other.x or other.right < one.x
            assert beside or one.bottom < other.y or other.bottom < one.y


def test_the_example_fits_into_a_page() -> None:
    """GitHub shows a README some 900 pixels wide; beyond that the letters get small."""
    assert EXAMPLE.width < 960
    assert EXAMPLE.height < 1150


def test_what_makes_models_is_left_of_what_uses_them() -> None:
    left = {"data", "pipeline"}
    ends = [p.box.right for p in EXAMPLE.clusters if p.cluster.name in left]
    starts = [p.box.x for p in EXAMPLE.clusters if p.cluster.name not in left]

    assert max(ends) < min(starts)


def test_edges_from_one_tag_go_together_until_they_part() -> None:
    """tidy is read by two steps in different rows: one line that forks."""
    near, far = (line for line in EXAMPLE.lines if line.edge.label == "tidy")

    assert near.start == far.start
    assert len({near.path[:20], far.path[:20]}) == 1


def test_lines_to_one_card_come_in_side_by_side() -> None:
    ends = [line.end for line in EXAMPLE.lines if line.edge.target == "step register-wine-grader"]

    assert len(ends) == len(set(ends)) == 3


def test_lines_within_a_stack_never_go_up() -> None:
    for line in EXAMPLE.lines:
        if (line.edge.source in LEFT) == (line.edge.target in LEFT):
            heights = [y for _, y in points(line)]
            assert heights == sorted(heights)


def registered(count: int) -> Graph:
    """Steps after one another, each of which hands a model to a registry of its own."""
    names = [str(number) for number in range(count)]
    steps = [Node(key=f"s{n}", kind="train", cluster="pipeline", label=n) for n in names]
    models = [Node(key=f"m{n}", kind="model", cluster="registry", label=n) for n in names]
    chain = [Edge(source=f"s{a}", target=f"s{b}") for a, b in pairwise(names)]
    return Graph(
        title="",
        description="",
        clusters=(Cluster(name="pipeline", title=""), Cluster(name="registry", title="")),
        nodes=(*steps, *models),
        edges=(*chain, *(Edge(source=f"s{n}", target=f"m{n}") for n in names)),
    )


def legs(line: Line) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight pieces of a line through the gutter."""
    found = points(line)
    return [
        (one, other)
        for one, other in pairwise(found)
        if (one[0] == other[0]) != (one[1] == other[1])
    ]


def crossings(one: Line, other: Line) -> int:
    """How often a level piece of one line meets an upright piece of the other."""
    return sum(
        min(a[0], b[0]) < c[0] < max(a[0], b[0]) and min(c[1], d[1]) < a[1] < max(c[1], d[1])
        for first, second in ((one, other), (other, one))
        for a, b in legs(first)
        for c, d in legs(second)
        if a[1] == b[1] and c[0] == d[0]
    )


def test_lines_to_the_other_stack_never_run_upon_one_another() -> None:
    lines = [line for line in lay_out(registered(6)).lines if line.edge.target.startswith("m")]
    ends = {x for line in lines for x, _ in (line.start, line.end)}
    level = [{one[1] for one, other in legs(line) if one[1] == other[1]} for line in lines]
    upright = [{one[0] for one, other in legs(line) if one[0] == other[0]} - ends for line in lines]

    for one, other in combinations(range(len(lines)), 2):
        assert not level[one] & level[other]
        assert not upright[one] & upright[other]


@pytest.mark.parametrize("order", [1, -1], ids=["as-they-are", "the-other-way-round"])
def test_lines_in_the_gutter_do_not_cross_without_need(order: int) -> None:
    """The model goes up to the registry, the report stays down at the alerts."""
    graph = wine_graph()
    lines = lay_out(graph.replace(edges=graph.edges[::order])).lines
    model, report = (
        line for line in lines if (line.edge.source in LEFT) != (line.edge.target in LEFT)
    )

    assert crossings(model, report) == 0


def test_an_empty_graph_is_an_empty_picture() -> None:
    layout = lay_out(wine_graph(pipeline=None, services=()))

    assert (layout.clusters, layout.cards, layout.lines) == ((), (), ())
    assert layout.width > 0 and layout.height > 0


def test_a_thousand_steps_in_a_row_are_drawn() -> None:
    layout = lay_out(graph_of(chain(1000)))

    assert len(layout.cards) == 1002
    assert layout.width < 960
