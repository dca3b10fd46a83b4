"""Overlays are JSON merge patches (RFC 7386), and keep the place of everything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.source.overlay import merge, with_key, with_value, without_key
from mlspec.source.parser import parse
from mlspec.source.tree import MappingNode, span_at
from tests.specs import plain

if TYPE_CHECKING:
    from mlspec.source.tree import Path

KEYS = st.sampled_from("abc")
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", ""]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


def tree_of(document: dict[str, Any]) -> MappingNode:
    return parse(json.dumps(document), "f.json").root


def rfc_7386(target: Any, patch: Any) -> Any:
    """The pseudocode of the RFC's section 2, letter by letter."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = rfc_7386(result.get(name), value)
    return result


@pytest.mark.parametrize(
    ("base", "patch", "result"),
    [
        # the table of the RFC's appendix A, as far as its documents are mappings
        pytest.param({"a": "b"}, {"a": "c"}, {"a": "c"}, id="replace"),
        pytest.param({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}, id="add"),
        pytest.param({"a": "b"}, {"a": None}, {}, id="remove"),
        pytest.param({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}, id="remove-one"),
        pytest.param({"a": ["b"]}, {"a": "c"}, {"a": "c"}, id="list-by-text"),
        pytest.param({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}, id="text-by-list"),
        pytest.param(
            {"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}, id="nested"
        ),
        pytest.param({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}, id="lists-do-not-merge"),
        pytest.param({"e": None}, {"a": 1}, {"e": None, "a": 1}, id="null-in-the-base-stays"),
        pytest.param({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}, id="null-in-the-new"),
        pytest.param({"a": 1}, {"a": {"b": None}}, {"a": {}}, id="scalar-by-mapping"),
        pytest.param({"a": 1}, {"a": [None]}, {"a": [None]}, id="null-in-a-list-stays"),
    ],
)
def test_the_rfc_s_examples(
    base: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]
) -> None:
    assert plain(merge(tree_of(base), tree_of(patch))) == result


@given(DOCUMENTS, DOCUMENTS)
def test_merging_does_what_the_rfc_s_pseudocode_does(
    base: dict[str, Any], patch: dict[str, Any]
) -> None:
    assert plain(merge(tree_of(base), tree_of(patch))) == rfc_7386(base, patch)


@given(DOCUMENTS, DOCUMENTS)
def test_merging_changes_neither_argument(base: dict[str, Any], patch: dict[str, Any]) -> None:
    base_tree, patch_tree = tree_of(base), tree_of(patch)

    merge(base_tree, patch_tree)

    assert (plain(base_tree), plain(patch_tree)) == (base, patch)
    assert base_tree.marks.keys() == base.keys()


@given(DOCUMENTS)
def test_an_empty_patch_changes_nothing(base: dict[str, Any]) -> None:
    assert plain(merge(tree_of(base), tree_of({}))) == base


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_laid_twice_does_what_it_does_once(
    base: dict[str, Any], patch: dict[str, Any]
) -> None:
    once = merge(tree_of(base), tree_of(patch))

    assert plain(merge(once, tree_of(patch))) == plain(once)


@given(DOCUMENTS, DOCUMENTS)
def test_every_value_of_the_result_has_a_place(base: dict[str, Any], patch: dict[str, Any]) -> None:
    def assert_marked(node: Any) -> None:
        if isinstance(node, MappingNode):
            assert node.marks.keys() == node.keys()
            for value in node.values():
                assert_marked(value)

    assert_marked(merge(tree_of(base), tree_of(patch)))


SPEC = """\
serving:
  api:
    replicas: 1
    model: grader
environments:
  prod:
    serving:
      api:
        replicas: {min: 3}
      shadow:
        model: other
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("serving",), 1, id="merged-mapping-stays"),
        pytest.param(("serving", "api", "model"), 4, id="untouched-value-stays"),
        pytest.param(("serving", "api", "replicas"), 9, id="replaced-value-moves"),
        pytest.param(("serving", "api", "replicas", "min"), 9, id="what-is-below-moves-too"),
        pytest.param(("serving", "shadow", "model"), 11, id="new-value"),
        pytest.param(("serving", "api", "resources"), 2, id="missing-below-a-merged-mapping"),
    ],
)
def test_an_error_in_what_an_overlay_brings_points_into_the_overlay(path: Path, line: int) -> None:
    tree = parse(SPEC, "project.yaml")

    overlaid = tree._replace(root=merge(tree.root, tree.root["environments"]["prod"]))

    assert span_at(overlaid, path).line == line
    assert span_at(tree, ("serving", "api", "replicas")).line == 3


def test_a_key_is_renamed_at_its_place() -> None:
    tree = parse("a: {b: [{c: 1, d: 2}]}\n", "p.yaml")

    renamed = tree._replace(root=with_key(tree.root, ("a", "b", 0, "c"), "e"))

    assert plain(renamed.root) == {"a": {"b": [{"e": 1, "d": 2}]}}
    assert list(renamed.root["a"]["b"][0]) == ["e", "d"]
    path = ("a", "b", 0)
    assert span_at(renamed, (*path, "e"), key=True) == span_at(tree, (*path, "c"), key=True)
    assert plain(tree.root) == {"a": {"b": [{"c": 1, "d": 2}]}}


@pytest.mark.parametrize(
    ("path", "left"),
    [
        pytest.param(("a", "b"), {"a": {"c": 1}, "d": {"e": {"f": 1}}}, id="one-of-two"),
        pytest.param(("d", "e", "f"), {"a": {"b": 1, "c": 1}}, id="what-is-empty-goes-too"),
        pytest.param(("a",), {"d": {"e": {"f": 1}}}, id="at-the-top"),
    ],
)
def test_a_key_is_left_out(path: Path, left: dict[str, Any]) -> None:
    root = tree_of({"a": {"b": 1, "c": 1}, "d": {"e": {"f": 1}}})

    assert plain(without_key(root, path)) == left
    assert plain(root) == {"a": {"b": 1, "c": 1}, "d": {"e": {"f": 1}}}


def test_a_value_is_replaced_in_a_copy() -> None:
    root = tree_of({"a": 1, "b": [1, 2]})

    assert plain(with_value(root, "a", 5)) == {"a": 5, "b": [1, 2]}
    assert plain(with_value(root["b"], 1, 5)) == [1, 5]
    assert plain(root) == {"a": 1, "b": [1, 2]}
