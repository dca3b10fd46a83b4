"""What a wrong value probably means is told from the schema, in text that can be copied."""

from __future__ import annotations

from typing import Any

import pytest

from mlspec.language.meant import text_meant
from mlspec.language.reader import validator
from mlspec.language.schema import json_schema
from mlspec.source.problem import Problem
from tests.specs import only, tree


def complaint(patch: str) -> Problem:
    """The only problem of the minimal project with the patch."""
    found: Problem = only(validator("project").read(tree(patch).root).problems)
    return found


def form(model: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json_schema("project")["$defs"][model]["properties"][key]
    return found


@pytest.mark.parametrize(
    ("patch", "help"),
    [
        pytest.param(
            "{training: {grader: {timeout: 10}}}", "say the unit: `10m`, `10s` or `10h`", id="time"
        ),
        pytest.param(
            "{training: {grader: {resources: {memory: 4}}}}", "say the unit: `4Gi` or `4Mi`",
            id="memory",
        ),
        pytest.param(
            "{monitoring: {api: {slo: {availability: 99.5}}}}", "say the unit: `99.5%`",
            id="per-cent",
        ),
        pytest.param(
            "{monitoring: {api: {slo: {availability: 0.995}}}}", "say the unit: `99.5%`",
            id="share-of-one",
        ),
        pytest.param(
            "{monitoring: {api: {slo: {latency: 500ms}}}}", "write `{p95: 500ms}`", id="map"
        ),
        pytest.param(
            "{data: {sources: {tastings: {credentials: cellar}}}}", "write `{secret: cellar}`",
            id="model",
        ),
        pytest.param(
            "{training: {grader: {resources: 8Gi}}}", "write `{memory: 8Gi}`", id="key-that-fits"
        ),
        pytest.param(
            "{registry: {type: mlflow, models: {grader: {gates: {f1: 0.8}}}}}",
            "write `{min: 0.8}`", id="number-in-a-model",
        ),
        pytest.param(
            "{serving: {api: {rollout: shadow}}}",
            "for example `{strategy: shadow, candidate: wine-quality}`", id="tag-alone",
        ),
        pytest.param(
            "{training: {grader: {env: [{name: SEED, value: '7'}]}}}",
            'write `SEED: "7"` instead of `- name: SEED`: names are keys here', id="name-and-value",
        ),
        pytest.param(
            "{training: [{name: grader, run: a}]}",
            "write `grader:` instead of `- name: grader`: names are keys here", id="names",
        ),
        pytest.param(
            "{training: [{grader: {run: a}}]}", "write `grader:` without the `- ` before it",
            id="dashes-too-many",
        ),
        pytest.param(
            "{training: {grader: {inputs: {tidy: {}}}}}", "write a list: [tidy]", id="keys"
        ),
        pytest.param(
            "{training: {grader: {inputs: tidy tastings}}}",
            "write [tidy, tastings], or begin each line with `- `", id="dashes-forgotten",
        ),
        pytest.param("{serving: {api: {replicas: '2'}}}", "write 2 without quotes", id="quotes"),
        pytest.param("{image: null, data: {sources: 5}}", "for example `{wine-quality:", id="none"),
    ],
)  # fmt: skip
def test_what_to_write_instead_of_a_value_of_the_wrong_type(patch: str, help: str) -> None:
    found = complaint(patch)

    assert found.code == "MLS103"
    assert found.help.startswith(help)


@pytest.mark.parametrize(
    ("patch", "path", "value"),
    [
        pytest.param(
            "{monitoring: {api: {slo: {latency: 500ms}}}}", "monitoring.api.slo.latency",
            {"p95": "500ms"}, id="map",
        ),
        pytest.param("{serving: {api: {replicas: '2'}}}", "serving.api.replicas", 2, id="number"),
    ],
)  # fmt: skip
def test_it_reads_on_with_what_was_meant(patch: str, path: str, value: object) -> None:
    found, _, gaps = validator("project").read(tree(patch).root)

    for step in path.split("."):
        found = found[step] if isinstance(found, dict) else getattr(found, step)
    assert found == value
    assert gaps.guessed == [tuple(path.split("."))]


@pytest.mark.parametrize(
    ("model", "key", "text", "meant"),
    [
        pytest.param("Resources", "memory", "4GB", "4Gi", id="gigabytes"),
        pytest.param("Resources", "memory", "512 mb", "512Mi", id="megabytes"),
        pytest.param("Training", "timeout", "10 minutes", "10m", id="minutes"),
        pytest.param("Training", "timeout", "2 hours", "2h", id="hours"),
        pytest.param("Training", "timeout", "300 milliseconds", "300ms", id="milliseconds"),
        pytest.param("Slo", "availability", "99,5 %", "99.5%", id="comma"),
        pytest.param("Service", "model", "Wine Grader", "wine-grader", id="capitals"),
        pytest.param("Service", "alias", "my_model", "my-model", id="underscore"),
        pytest.param("FileSource", "uri", "data\\a.csv", "data/a.csv", id="backslash"),
        pytest.param("FileSource", "uri", "C:\\data\\a.csv", "", id="drive"),
        pytest.param("S3Source", "endpoint", "https://minio:9000", "minio:9000", id="scheme"),
        pytest.param("PostgresSource", "host", "db.example.com:5432", "db.example.com", id="port"),
        pytest.param("Service", "model", "!!", "", id="nothing-like-it"),
    ],
)
def test_the_text_that_was_meant(model: str, key: str, text: str, meant: str) -> None:
    schema = form(model, key)
    text_form = next((b for b in schema.get("anyOf", ()) if "pattern" in b), schema)

    assert text_meant(text, text_form) == meant


def test_a_name_that_users_chose_is_never_mended_without_asking() -> None:
    found = complaint("{metadata: {team: Cellar Team}}")

    assert found.repair is not None
    assert (found.repair.text, found.repair.is_safe) == ("cellar-team", False)
