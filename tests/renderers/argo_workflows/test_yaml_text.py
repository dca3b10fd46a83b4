"""YAML inside a string says what was meant."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.argo_workflows.yaml_text import dump

scalars = st.text() | st.booleans() | st.integers() | st.sampled_from(["no", "1e3", "250m", "~"])
keys = st.text(min_size=1, max_size=12)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(keys, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(value=st.dictionaries(keys, values, min_size=1, max_size=4))
def test_it_reads_back_as_it_was(value: dict[str, Any]) -> None:
    assert yaml.safe_load(dump(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": {"b": "c"}}, "a:\n  b: c\n", id="map"),
        pytest.param({"a": ["b", "c"]}, "a:\n- b\n- c\n", id="list"),
        pytest.param({"a": [{"b": "c", "d": True}]}, "a:\n- b: c\n  d: true\n", id="list-of-maps"),
        pytest.param({"a": "250m", "b": "1Gi"}, "a: 250m\nb: 1Gi\n", id="quantities"),
        pytest.param({"a": "yes", "b": "{{x}}"}, 'a: "yes"\nb: "{{x}}"\n', id="quoted"),
    ],
)
def test_it_reads_like_yaml(value: dict[str, Any], text: str) -> None:
    assert dump(value) == text
