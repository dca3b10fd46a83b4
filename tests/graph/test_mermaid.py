"""The Mermaid text: each line is one of a few forms that Mermaid's grammar has, whatever the names.

The forms were tried with Mermaid 11's own parser; `PLAIN` and `ENTITY` are what its lexer takes
between double quotes without a second meaning.
"""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given

from mlspec.diagnostics.visible import visible
from mlspec.graph.mermaid import mermaid, quoted
from mlspec.graph.model import Graph
from tests.graph.graphs import HOSTILE, graphs, texts, wine_graph

PLAIN = r"[\w ./+=,\-\u0080-\U0010ffff]"
ENTITY = r"#\d+;"
TEXT = rf'"(?:{PLAIN}|{ENTITY}|<br/>)+"'
SHAPE = "|".join(
    re.escape(opening) + TEXT + re.escape(closing)
    for opening, closing in (
        ("[(", ")]"), ("([", "])"), ("{{", "}}"), ("[[", "]]"), ("(", ")"), ("[/", "/]"), ("[", "]")
    )
)  # fmt: skip
FORMS = {
    "title": rf"  accTitle: {PLAIN}+",
    "part": rf"  subgraph [a-z]+_part\[{TEXT}\]",
    "node": rf"    n\d+(?:{SHAPE}):::[a-z]+Kind",
    "end": r"  end",
    "edge": rf"  n\d+ (?:-->|-\.->)(?:\|{TEXT}\|)? n\d+",
    "style": r"  style [a-z]+_part fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}",
    "class": r"  classDef [a-z]+Kind fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}",
}


def forms(text: str) -> list[str]:
    """The name of the form of each line but the first."""
    first, *lines = text.removesuffix("\n").split("\n")
    assert first == "flowchart LR"
    found = []
    for line in lines:
        names = [name for name, form in FORMS.items() if re.fullmatch(form, line)]
        assert len(names) == 1, line
        found += names
    return found


@given(graphs())
def test_every_line_has_a_form_that_mermaid_takes(graph: Graph) -> None:
    found = forms(mermaid(graph))

    assert found.count("node") == len(graph.nodes)
    assert found.count("edge") == len(graph.edges)
    assert found.count("part") == found.count("end") == len(graph.clusters)


@given(texts)
def test_what_is_shown_is_the_text(text: str) -> None:
    shown = unescape(re.sub(r"#(\d+);", r"&#\1;", quoted(text)))

    assert shown == (visible(text) or " ")


def test_nothing_hostile_is_left_in_a_text() -> None:
    for text in HOSTILE:
        assert not re.search(r"[\"'`<>\[\](){}|%&\\:\n]", quoted(text))


def test_names_are_never_ids() -> None:
    """`end` as an id would end a subgraph."""
    graph = wine_graph()
    renamed = graph.replace(nodes=tuple(node.replace(label="end") for node in graph.nodes))

    assert forms(mermaid(renamed)) == forms(mermaid(graph))


def test_the_example() -> None:
    text = mermaid(wine_graph())

    assert '    n1[("tastings<br/>s3#58;//cellar/tastings/")]:::sourceKind\n' in text
    assert '  subgraph pipeline_part["Pipeline · 0 3 #42; #42; #42; Europe/Paris"]\n' in text
    assert '  n2 -->|"tastings"| n4\n' in text
    assert "  n3 -.-> n4\n" in text


def test_nothing_to_draw_is_a_flowchart_all_the_same() -> None:
    assert forms(mermaid(wine_graph(pipeline=None, services=()))) == ["title"]
