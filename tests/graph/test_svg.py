"""The SVG: well-formed, safe, legible without eyes, and the same everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

from hypothesis import given

from mlspec.diagnostics.visible import visible
from mlspec.graph.build import graph_of
from mlspec.graph.model import Graph
from mlspec.graph.svg import svg
from tests.graph.graphs import chain, graphs, wine_graph
from tests.specs import ROOT

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "title", "desc", "style", "rect", "text", "g", "path", "polygon"}
EXAMPLE = svg(wine_graph())


@given(graphs())
def test_any_text_makes_well_formed_xml_of_known_elements(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph).encode())

    assert {element.tag for element in root.iter()} <= {SVG + name for name in KNOWN}


@given(graphs())
def test_nothing_in_it_runs_or_loads(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph).encode())

    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    [style] = root.iter(f"{SVG}style")
    assert "url(" not in (style.text or "") and "@import" not in (style.text or "")


@given(graphs())
def test_every_node_has_its_whole_name_as_a_tooltip(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph).encode())
    told = [node.findtext(f"{SVG}title") for node in root.iter(f"{SVG}g") if "n" in classes(node)]

    assert [(text or "").partition("\n")[0] for text in told] == [
        f"{node.kind}: {visible(node.label)}" for node in graph.nodes
    ]


def classes(element: ElementTree.Element) -> list[str]:
    return element.get("class", "").split()


def test_it_is_a_picture_with_a_title_and_a_description() -> None:
    root = ElementTree.fromstring(EXAMPLE)

    assert root.get("role") == "img"
    described = {each.get("id"): each.text for each in root if each.get("id")}
    assert root.get("aria-labelledby", "").split() == ["title", "desc"]
    assert described["title"] == "wine-quality · prod"
    assert described["desc"] == (
        "Grades wines from their chemistry. It has 1 source, 8 steps, 1 model, 1 service."
    )


def test_all_that_the_plan_names_is_in_it() -> None:
    shown = {text.text for text in ElementTree.fromstring(EXAMPLE).iter(f"{SVG}text")}

    steps = {node.label for node in wine_graph().nodes}
    assert steps <= shown
    assert {"tidy", "model", "metrics", "90 %", "10 %", "PIPELINE", "MONITORING"} <= shown


def test_it_has_colours_for_the_night() -> None:
    assert "@media(prefers-color-scheme:dark)" in EXAMPLE


def test_colours_are_told_apart_from_their_ground() -> None:
    """WCAG 2: text has a contrast of 4.5 to 1 with what is behind it, by day and by night."""
    from mlspec.graph.colours import DAY, NIGHT

    for palette in (DAY, NIGHT):
        for ink in (palette.ink, palette.soft):
            for ground in (palette.card, palette.paper, *palette.band.values()):
                assert contrast(ink, ground) >= 4.5, (ink, ground)
        assert contrast(palette.ink, palette.tag) >= 4.5
        for colour in palette.kinds.values():
            assert contrast(colour, palette.card) >= 3


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_it_is_the_same_whatever_the_hash_seed() -> None:
    script = (
        "from tests.graph.graphs import wine_graph, chain\n"
        "from mlspec.graph.build import graph_of\n"
        "from mlspec.graph import svg, html, mermaid\n"
        "for g in (wine_graph(), graph_of(chain(30))):\n"
        "    print(ascii((svg.svg(g), html.html(g), mermaid.mermaid(g))))\n"
    )

    def drawn(seed: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        )  # fmt: skip
        return done.stdout

    assert drawn("0") == drawn("4242") != b""


def test_a_change_of_one_step_moves_no_other_id() -> None:
    """So that the picture of a small change is a small change of the file."""
    before, after = EXAMPLE.splitlines(), svg(wine_graph(description="Other.")).splitlines()

    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 2


def test_numbers_are_short() -> None:
    long_pipeline = svg(graph_of(chain(12)))

    assert not re.search(r"\d\.\d{2,}[ \"]", re.sub(r"<style>.*?</style>", "", long_pipeline))
