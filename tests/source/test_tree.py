"""Where a path of a tree stands in the text, in whatever process."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from mlspec.diagnostics import Span
from mlspec.source.parser import parse
from mlspec.source.problem import Problem, diagnose
from mlspec.source.tree import UNREADABLE, span_at
from tests.specs import span_text

if TYPE_CHECKING:
    from mlspec.source.tree import Path

TEXT = """\
metadata:
  name: wine
  owners: [ana, "bert"]
steps:
  - run: |
      one
      two
  -
    - deep
empty:
"""


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param(("metadata", "name"), "wine", 2, id="value"),
        pytest.param(("metadata", "owners", 1), '"bert"', 3, id="item-with-its-quotes"),
        pytest.param(("metadata",), "metadata", 1, id="key-of-a-mapping"),
        pytest.param(("metadata", "owners"), "owners", 3, id="key-of-a-list"),
        pytest.param(("metadata", "owners", 7), "owners", 3, id="beyond-the-list"),
        pytest.param(("metadata", "team"), "metadata", 1, id="missing-key"),
        pytest.param(("metadata", "name", "x"), "name", 2, id="below-a-scalar"),
        pytest.param(("metadata", 0), "metadata", 1, id="index-into-a-mapping"),
        pytest.param(("steps", 0, "run", "x"), "run", 5, id="below-a-block"),
        pytest.param(("steps", 1), "", 9, id="item-that-is-a-list"),
        pytest.param(("empty",), "", 10, id="nothing"),
    ],
)
def test_a_path_leads_to_a_stretch_of_text(path: Path, text: str, line: int) -> None:
    span = span_at(parse(TEXT, "f.yaml"), path)

    assert span_text(span, TEXT) == text
    assert span.line == line
    assert span.file == "f.yaml"


def test_a_block_of_text_ends_where_its_last_line_does() -> None:
    span = span_at(parse(TEXT, "f.yaml"), ("steps", 0, "run"))

    assert span_text(span, TEXT).startswith("|\n      one\n      two")


def test_the_key_is_found_where_the_key_is_meant() -> None:
    span = span_at(parse(TEXT, "f.yaml"), ("metadata", "name"), key=True)

    assert span_text(span, TEXT) == "name"


@pytest.mark.parametrize("path", [(), ("nowhere",), ("nowhere", 1, "else")])
def test_what_is_nowhere_in_the_file_is_said_of_its_beginning(path: Path) -> None:
    assert span_at(parse(TEXT, "f.yaml"), path) == Span(
        file="f.yaml", line=1, column=1, end_line=1, end_column=1
    )


def test_columns_count_characters() -> None:
    text = 'é: {ü: "ñ", wine: 🍷🍷}\n'

    span = span_at(parse(text, "f.yaml"), ("é", "wine"))

    assert (span.column, span.end_column) == (19, 21)
    assert span_text(span, text) == "🍷🍷"


def test_a_value_behind_an_alias_stands_where_the_alias_is() -> None:
    text = "base: &base {cpu: 1}\nuse: *base\n"
    tree = parse(text, "f.yaml")

    assert span_text(span_at(tree, ("use",)), text) == "use"
    assert span_at(tree, ("use", "cpu")).line == 1


def test_a_problem_is_diagnosed_with_all_its_places() -> None:
    problem = Problem(
        "MLS201",
        ("metadata", "owners", 0),
        "`ana` is not here",
        "label",
        "help",
        related=(("she was here", ("metadata", "name")),),
    )

    found = diagnose(parse(TEXT, "f.yaml"), problem, environment="dev")

    assert (found.code, found.message, found.label, found.help, found.environment) == (
        "MLS201",
        "`ana` is not here",
        "label",
        "help",
        "dev",
    )
    assert span_text(found.span, TEXT) == "ana"
    [related] = found.related
    assert related.message == "she was here"
    assert span_text(related.span, TEXT) == "name"


def test_what_could_not_be_read_is_the_very_same_thing() -> None:
    """It is asked for by identity."""
    assert pickle.loads(pickle.dumps(UNREADABLE)) is UNREADABLE


def test_a_tree_keeps_its_places_and_its_errors() -> None:
    tree = parse("a: {b: [1, two]}\nc: !!python/object:os.system x\n", "project.yaml")

    again = pickle.loads(pickle.dumps(tree))

    assert again == tree and again.errors and again.root["c"] is UNREADABLE
    assert span_at(again, ("a", "b", 1)) == span_at(tree, ("a", "b", 1))
