"""What users write arrives in these targets as they wrote it, or is refused.

They read no text as a template. Those that do have a file of their own, which says what they read.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.renderers.hostile import (
    Field,
    arrives_or_is_refused,
    as_it_is,
    fields_of,
    texts_for,
)

TARGETS = ("external_secrets", "gateway_api", "network", "quota", "rbac")


@pytest.mark.parametrize(
    ("target", "field"),
    [
        pytest.param(target, field, id=f"{target}-{field[0]}")
        for target in TARGETS
        for field in fields_of(target)
    ],
)
@given(data=st.data())
@settings(max_examples=30)
def test_hostile_text_of_a_spec_arrives_as_written_or_is_refused(
    target: str, field: Field, data: st.DataObject
) -> None:
    arrives_or_is_refused(target, field, data.draw(texts_for(field)), as_it_is)
