"""Which fields of two bodies differ, and how their paths are written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.manifests.fields import ABSENT, Field, changed_fields, covers, is_same, shown

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "a", "b", "key"]), inner, max_size=4)
    ),
    max_leaves=20,
)


def paths(before: Any, after: Any) -> list[str]:
    return [shown(field.path) for field in changed_fields(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": 1}, {"a": 2}, ["a"], id="value"),
        pytest.param({"a": 1}, {}, ["a"], id="gone"),
        pytest.param({}, {"a": {"b": 1}}, ["a"], id="a whole part is one field"),
        pytest.param({"a": 1}, {"a": True}, ["a"], id="true is not one"),
        pytest.param({"a": "1"}, {"a": 1}, ["a"], id="a text is no number"),
        pytest.param({"a": None}, {}, ["a"], id="null is a value"),
        pytest.param(
            {"c": [{"name": "x", "v": 1}]}, {"c": [{"name": "x", "v": 2}]}, ["c[x].v"], id="named"
        ),
        pytest.param(
            {"c": [{"name": "x"}, {"name": "y"}]}, {"c": [{"name": "y"}, {"name": "x"}]}, [],
            id="order of named items",
        ),
        pytest.param({"a": ["x", "y"]}, {"a": ["y", "x"]}, ["a"], id="order of words"),
        pytest.param(
            {"r": [{"v": 1}, {"v": 2}]}, {"r": [{"v": 2}, {"v": 3}]}, ["r[0].v"], id="unnamed"
        ),
        pytest.param({"a": '{"x":1,"y":2}'}, {"a": '{"y":2,"x":1}'}, [], id="order in JSON"),
        pytest.param({"a": "{x"}, {"a": "{y"}, ["a"], id="text that looks like JSON"),
        pytest.param({"a.b/c": 1}, {"a.b/c": 2}, ['["a.b/c"]'], id="a key with dots"),
    ],
)  # fmt: skip
def test_what_differs(before: Any, after: Any, expected: list[str]) -> None:
    assert paths(before, after) == expected


def test_what_is_not_there_is_told_from_null() -> None:
    assert changed_fields({}, {"a": None}) == [Field(path=("a",), before=ABSENT, after=None)]


@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert changed_fields(value, value) == []


@given(VALUES, VALUES)
def test_a_difference_is_one_from_both_sides(one: Any, other: Any) -> None:
    assert is_same(one, other) == is_same(other, one)


def test_a_path_covers_itself_and_what_is_below() -> None:
    assert covers(("spec", "*", "image"), ("spec", "[x]", "image"))
    assert covers(("spec",), ("spec", "[x]", "image"))
    assert not covers(("spec", "[x]", "image"), ("spec", "[x]"))
    assert not covers(("spec", "[y]"), ("spec", "[x]"))
