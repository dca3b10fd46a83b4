"""No minimum is above its maximum."""

from __future__ import annotations

import pytest

from mlspec.checks.ranges import check_ranges
from tests.specs import PROJECT, diagnosed, found_at, merged, problems, span_text

PLACES = {
    "column-of-a-source": "data: {{sources: {{tastings: {{schema: {{a: {{type: int, {0}}}}}}}}}}}",
    "column-of-an-output": (
        "transforms: {{clean: {{outputs: {{tidy: {{schema: {{a: {{type: int, {0}}}}}}}}}}}}}"
    ),
    "gate": "registry: {{type: mlflow, models: {{grader: {{gates: {{f1: {{{0}}}}}}}}}}}",
    "replicas": "serving: {{api: {{replicas: {{{0}}}}}}}",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bounds", ["min: 1, max: 2", "min: 2, max: 2", "min: 3", "max: 3"])
def test_ranges_that_hold_something(place: str, bounds: str) -> None:
    assert problems(check_ranges, PLACES[place].format(bounds)) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_minimum_above_its_maximum(place: str) -> None:
    patch = PLACES[place].format("min: 33, max: 22")
    text = merged(PROJECT, patch)

    found = diagnosed(check_ranges, patch)

    assert (found.code, found.message) == ("MLS214", "`min` is 33, above `max`, which is 22")
    assert found_at(found, text) == "33"
    [related] = found.related
    assert (related.message, span_text(related.span, text)) == ("`max` is here", "max")


def test_an_overlay_that_raises_the_minimum_is_pointed_at() -> None:
    patch = """
serving: {api: {replicas: {min: 1, max: 2}}}
environments: {prod: {serving: {api: {replicas: {min: 3}}}}}
"""
    text = merged(PROJECT, patch)

    found = diagnosed(check_ranges, patch, environment="prod")

    assert found_at(found, text) == "3"
    assert found.related[0].span.line < found.span.line


def test_columns_in_short_form_have_no_range() -> None:
    assert problems(check_ranges, "data: {sources: {tastings: {schema: {a: int}}}}") == []
