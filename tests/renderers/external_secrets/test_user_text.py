"""What users write arrives in the places of secrets as they wrote it, or is refused."""

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


@pytest.mark.parametrize("field", fields_of("external_secrets"), ids=lambda field: field[0])
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_hostile_text_of_a_spec_arrives_as_written_or_is_refused(
    field: Field, data: st.DataObject
) -> None:
    # Only `template` is read as one, and what it would read is refused (test_external_secrets.py).
    arrives_or_is_refused("external_secrets", field, data.draw(texts_for(field)), as_it_is)
