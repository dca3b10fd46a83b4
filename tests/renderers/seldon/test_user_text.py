"""What users write arrives in model servers as they wrote it, or is refused."""

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

FIELDS = [field for field in fields_of("seldon") if not field[0].endswith(".version")]
"""A version that is no word is left out: tests/renderers/seldon/test_predictors.py has it."""


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field[0])
@given(data=st.data())
@settings(max_examples=30)
def test_hostile_text_of_a_spec_arrives_as_written_or_is_refused(
    field: Field, data: st.DataObject
) -> None:
    # The operator expands nothing in the fields of a SeldonDeployment.
    arrives_or_is_refused("seldon", field, data.draw(texts_for(field)), as_it_is)
