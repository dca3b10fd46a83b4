"""Users' words arrive literally, whatever language they happen to be in."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlspec.renderers.prometheus.promql import matcher
from mlspec.renderers.prometheus.templates import literal

from mlspec.plan.model import Notify
from tests.plans import wine_pipeline, wine_plan, wine_service

from .cases import alerts_of

_ACTION = re.compile(r'\{\{ "(\{+)" \}\}')

hostile = st.text(st.sampled_from('{}{{$"\\ a.-`'), max_size=20) | st.text(max_size=20)


def expand(template: str) -> str:
    """What Go makes of a template in which the only actions are strings of braces."""
    pieces = _ACTION.split(template)
    assert all("{" not in text for text in pieces[::2]), template
    return "".join(pieces)


@given(hostile)
def test_text_survives_expansion(text: str) -> None:
    assert expand(literal(text)) == text


@given(hostile, hostile)
def test_text_does_not_join_its_neighbour(first: str, second: str) -> None:
    assert expand(literal(first) + literal(second)) == first + second


def test_plain_text_is_left_alone() -> None:
    assert literal("#cellar, 100%") == "#cellar, 100%"
    assert literal("{{ $value }}") == '{{ "{{" }} $value }}'


@given(hostile)
def test_channel_team_and_runbook_arrive_literally(text: str) -> None:
    notify = Notify(severity="info", channel=text, runbook=f"https://example.com/{text}")
    plan = wine_plan(
        team=text, services=(wine_service(notify=notify),), pipeline=wine_pipeline(notify=notify)
    )
    for rule in alerts_of(plan):
        assert expand(rule["labels"]["team"]) == text
        assert expand(rule["labels"].get("channel", "")) == text
        assert expand(rule["annotations"]["runbook_url"]) == f"https://example.com/{text}"


@given(hostile)
def test_matchers_quote_their_value(text: str) -> None:
    label, _, quoted = matcher("source", text).partition("=")
    assert label == "source"
    assert json.loads(quoted) == text


def test_without_a_channel_there_is_no_label() -> None:
    plan = wine_plan(services=(wine_service(notify=Notify(severity="info")),), pipeline=None)
    assert all("channel" not in rule["labels"] for rule in alerts_of(plan))


@pytest.mark.parametrize("label", ["severity", "namespace", "project", "environment", "team"])
def test_every_alert_can_be_routed(label: str) -> None:
    for rule in alerts_of(wine_plan()):
        assert rule["labels"][label]
        assert ("service" in rule["labels"]) != ("pipeline" in rule["labels"])
