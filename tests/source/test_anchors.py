"""Parts that others refer to by an alias, which no fix may change."""

from __future__ import annotations

import pytest

from mlspec.source.anchors import shared_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("a: &x {b: 1}\nc: *x\n", [((1, 4), (1, 13))], id="mapping"),
        pytest.param("a: &x [b, 1]\nc: {<<: *x}\n", [((1, 4), (1, 13))], id="merged"),
        pytest.param("a: &x b\nc: *x\n", [((1, 4), (1, 8))], id="text"),
        pytest.param("a: &x {b: 1}\nc: 2 * 3\n", [], id="nobody-refers-to-it"),
        pytest.param("a: {b: '&x *x'}\n", [], id="in-quotes"),
        pytest.param("a: 1\n", [], id="none"),
    ],
)
def test_what_is_referred_to(text: str, parts: list[object]) -> None:
    assert shared_parts(text) == parts
