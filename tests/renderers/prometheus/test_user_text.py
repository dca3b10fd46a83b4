"""Users' words arrive literally, whatever language they happen to be in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from mlspec.renderers.prometheus.promql import matcher
from mlspec.renderers.prometheus.templates import literal

from mlspec.plan.model import Notify
from tests.plans import wine_pipeline, wine_plan, wine_service
from tests.renderers.hostile import (
    HOSTILE,
    Field,
    Leaves,
    Reader,
    arrives_or_is_refused,
    fields_of,
    texts_for,
)

from .cases import alerts_of
from .promtool import promtool
from .semantics import expand

hostile = st.text(st.sampled_from('{}{{$"\\ a.-`'), max_size=20) | st.text(max_size=20)


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


def reading(values: Leaves) -> Reader:
    """Labels and annotations of rules are templates. Labels of the objects themselves are not."""

    def read(place: tuple[str | int, ...]) -> Any:
        is_template = place[1] == "spec" and place[-2] in ("labels", "annotations")
        return expand(str(values[place])) if is_template else values[place]

    return read


@pytest.mark.parametrize("field", fields_of("prometheus"), ids=lambda field: field[0])
@given(data=st.data())
@settings(max_examples=30)
def test_hostile_text_of_a_spec_arrives_as_written_or_is_refused(
    field: Field, data: st.DataObject
) -> None:
    arrives_or_is_refused("prometheus", field, data.draw(texts_for(field)), reading)


def test_prometheus_itself_reads_hostile_text_as_it_was_written(tmp_path: Path) -> None:
    """A label's value is any Unicode text; a NUL in YAML promtool does not take."""
    texts = [text for text in HOSTILE if text.strip() and "\0" not in text]
    rules = [
        {
            "alert": f"Alert{number}",
            "expr": "vector(1)",
            "labels": {"channel": literal(text)},
            "annotations": {"runbook_url": literal(text)},
        }
        for number, text in enumerate(texts)
    ]
    expected = [
        {
            "alertname": f"Alert{number}",
            "eval_time": "1m",
            "exp_alerts": [
                {"exp_labels": {"channel": text}, "exp_annotations": {"runbook_url": text}}
            ],
        }
        for number, text in enumerate(texts)
    ]
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": [], "alert_rule_test": expected}],
    }
    rule_file = {"groups": [{"name": "hostile", "rules": rules}]}
    for name, content in (("rules.yaml", rule_file), ("test.yaml", test)):
        (tmp_path / name).write_text(yaml.safe_dump(content), encoding="utf-8")

    promtool(tmp_path, "test", "rules", "test.yaml")
