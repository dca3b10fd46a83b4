"""The page: the picture and the details, in one file that asks for nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

from hypothesis import given

from mlspec.graph.html import html
from mlspec.graph.model import Graph
from tests.graph.graphs import graphs, wine_graph

VOID = {"meta"}
EXAMPLE = html(wine_graph())


class Page(HTMLParser):
    """What a browser would make of a page, as far as these tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
            self.inside.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.inside[self.open[-1]][-1] += data

    def values(self, attribute: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == attribute]


@given(graphs())
def test_any_text_makes_a_page_that_closes_what_it_opens(graph: Graph) -> None:
    page = Page(html(graph))

    assert page.open == []
    assert len(page.inside["script"]) == 1
    assert len(page.inside.get("section", [])) == len(graph.nodes)


@given(graphs())
def test_nothing_in_it_runs_or_loads_but_its_own(graph: Graph) -> None:
    page = Page(html(graph))

    names = {name for _, name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "style")}
    assert all(re.fullmatch(r"#n\d+", target) for target in page.values("href"))


def test_the_policy_allows_its_own_style_and_script_alone() -> None:
    page = Page(EXAMPLE)
    [policy] = page.values("content")[:1]

    def digest(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    styles = " ".join(digest(text) for text in page.inside["style"])
    [script] = page.inside["script"]
    assert unescape(policy) == (
        f"default-src 'none'; style-src {styles}; script-src {digest(script)};"
        " base-uri 'none'; form-action 'none'"
    )


def test_every_node_leads_to_its_details() -> None:
    """Without scripts too: a link to an id of the page."""
    page = Page(EXAMPLE)
    ids = page.values("id")

    assert len(ids) == len(set(ids))
    assert len(page.values("href")) == len(wine_graph().nodes)
    assert {target.removeprefix("#") for target in page.values("href")} <= set(ids)


def test_every_line_says_what_it_joins() -> None:
    page = Page(EXAMPLE)
    nodes = {target.removeprefix("#") for target in page.values("href")}

    assert len(page.values("data-from")) == len(page.values("data-to")) == len(wine_graph().edges)
    assert {*page.values("data-from"), *page.values("data-to")} <= nodes


def test_the_details_tell_the_command_the_gates_and_the_alerts() -> None:
    text = unescape(EXAMPLE)

    assert "python -m wine.clean --in ${{ inputs.tastings }} --out=${{ outputs.tidy }}" in text
    assert "<dt>Gates</dt><dd>f1_macro ≥ 0.85, no worse than champion</dd>" in text
    assert "<dt>Fires when</dt><dd>availability < 99.5 %\np95 > 250 ms" in text
    assert "<dt>Traffic</dt><dd>90 % to champion\n10 % to challenger</dd>" in text


def test_the_script_speaks_of_what_is_in_the_page() -> None:
    """Every class and element that page.js looks for is there to be found."""
    [script] = Page(EXAMPLE).inside["script"]
    looked_for = set(re.findall(r"querySelector(?:All)?\(\"([^\"]+)\"\)", script))

    assert looked_for == {"svg", "aside", ".n", ".e[data-from]", "section", ".close"}
    for part in ('class="n ', 'class="e"', "data-from=", 'class="close"', "<aside>", "<section"):
        assert part in EXAMPLE
