"""What users write arrives in Argo CD's objects as they wrote it, or is refused."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.plans import wine_plan
from tests.renderers.hostile import (
    Field,
    Leaves,
    Reader,
    arrives_or_is_refused,
    fields_of,
    texts_for,
)

from .cases import both

LONGEST_DESCRIPTION = 255
"""`maxLength` in the AppProject's CRD."""


def reading(values: Leaves) -> Reader:
    """Argo CD expands templates in ApplicationSets only. The description is judged below."""
    return lambda place: "" if place[-1] == "description" else values[place]


@pytest.mark.parametrize("field", fields_of("argo_cd"), ids=lambda field: field[0])
@given(data=st.data())
@settings(max_examples=30)
def test_hostile_text_of_a_spec_arrives_as_written_or_is_refused(
    field: Field, data: st.DataObject
) -> None:
    text = data.draw(texts_for(field))
    if field[0] == "platform.argo_cd.path":
        assume(posixpath.normpath(f"/{text}") == f"/{text}")  # a path, written in another way
    arrives_or_is_refused("argo_cd", field, text, reading)


@given(text=st.text(min_size=1, max_size=400))
def test_a_description_arrives_or_is_cut_visibly(text: str) -> None:
    project, _ = both(wine_plan(description=text))
    found = project["spec"]["description"]

    assert len(found) <= LONGEST_DESCRIPTION
    assert found == text or (found[:-1], found[-1]) == (text[: LONGEST_DESCRIPTION - 1], "…")
