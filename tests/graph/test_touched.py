"""What a change touches in the picture."""

from __future__ import annotations

from mlspec.graph.build import graph_of
from mlspec.graph.mermaid import mermaid
from mlspec.graph.touched import touched
from tests.specs import plan

RENAMED = """
transforms:
  clean: null
  tidy-up:
    run: python clean.py ${{ inputs.tastings }} ${{ outputs.tidy }}
    inputs: [tastings]
    outputs: {tidy: {format: parquet}}
"""


def test_nothing_is_touched_where_nothing_changed() -> None:
    graph = graph_of(plan())

    assert touched(graph, graph) == (graph, {})


def test_changed_new_and_gone_nodes() -> None:
    before, after = graph_of(plan()), graph_of(plan(RENAMED))

    graph, fates = touched(before, after)

    assert fates["step clean"] == "gone"
    assert fates["step tidy-up"] == "new"
    assert {node.key for node in graph.nodes} >= {"step clean", "step tidy-up"}


def test_touched_nodes_stand_out_by_line_and_by_word() -> None:
    graph, fates = touched(graph_of(plan()), graph_of(plan(RENAMED)))

    text = mermaid(graph, fates)

    assert '<br/>gone"]:::transformKind' in text
    assert "classDef goneMark stroke:" in text
    assert "classDef newMark stroke:" in text


def test_a_picture_without_a_change_is_what_it_was() -> None:
    graph = graph_of(plan())

    assert mermaid(graph, {}) == mermaid(graph)
