"""What a wrong value probably means is told from the schema, in text that can be copied."""

from __future__ import annotations

from typing import Any

import pytest

from mlspec.language.meant import text_meant
from mlspec.language.reader import validator
from mlspec.language.schema import json_schema
from mlspec.source.parser import parse
from mlspec.source.problem import Problem
from tests.specs import only, tree

HEAD = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {name: wine, team: cellar}
"""
CUT_SHORT = """\
apiVersion: mlspec.io/v1alpha1
kind: Lock
environments: {prod: {images: {"ghcr.io/acme/wine:1": "sha256:6d3b"}}}
"""


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
            "{training: {grader: {timeout: 10}}}",
            "say the unit: `10m`, `10s`, `10h`, `10d` or `10ms`", id="time",
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
        pytest.param(
            "{registry: {type: mlflow, models: {grader: {gates: {f1: {min: 80%}}}}}}",
            "write 0.8, a share of 1", id="per-cent-for-a-number",
        ),
        pytest.param(
            "{serving: {api: {replicas: {min: 1, max: 2, target: {cpu: 60%}}}}}",
            "write 60: it is in per cent", id="sign-of-a-number-in-per-cent",
        ),
        pytest.param(
            "{serving: {api: {replicas: {min: 1, max: 2, target: {cpu: 0.6}}}}}",
            "write 60: it is in per cent", id="share-for-a-number-in-per-cent",
        ),
        pytest.param("{serving: {api: {replicas: 2.5}}}", "write it without a", id="fraction"),
        pytest.param("{training: {grader: {retries: three}}}", "write 3", id="number-in-letters"),
        pytest.param("{serving: {api: {replicas: '4.0'}}}", "write 4 without", id="whole-in-text"),
        pytest.param(
            "{training: {grader: {params: {depth: [1, 2]}}}}", "write one value; several",
            id="list-for-one-value",
        ),
        pytest.param(
            "{monitoring: {api: {slo: {latency: {p99: 0.4}}}}}",
            "say the unit: seconds would be `400ms`", id="fraction-of-a-second",
        ),
        pytest.param(
            "{environments: [{name: staging}]}",
            "write `staging:` instead of `- name: staging`", id="names-alone",
        ),
        pytest.param(
            "{access: {roles: {ds: {subjects: [user:ana], may: view run}}}}",
            "write [view, run], or begin each line with `- `", id="choices-in-one-text",
        ),
        pytest.param(
            "{access: {roles: {ds: {subjects: [user:ana], may: look}}}}",
            "write a list of some of these: view, run", id="text-that-is-no-choice",
        ),
        pytest.param(
            "{training: {grader: {evaluate: {metrics: f1!}}}}", "for example `[", id="text-no-item"
        ),
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
        pytest.param("Resources", "cpu", "4 cores", "4", id="cores"),
        pytest.param("Resources", "cpu", "2.5 CPUs", "2.5", id="cpus"),
        pytest.param("Resources", "cpu", "500 millicores", "500m", id="millicores"),
        pytest.param("Service", "model", "ghp_" + "aB1" * 12, "", id="secret"),
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


@pytest.mark.parametrize("may", ["view run", "look", "f1!"])
def test_what_is_no_item_of_a_list_is_not_put_into_one(may: str) -> None:
    found = complaint(f"{{access: {{roles: {{ds: {{subjects: [user:ana], may: {may}}}}}}}}}")

    assert found.path == ("access", "roles", "ds", "may")
    assert found.repair is None


def test_characters_that_cannot_be_seen_are_named() -> None:
    found = complaint('{training: {grader: {env: {A: "b\\n"}}}}')

    assert found.message.startswith("`b\\n` is not one line")
    assert found.help == "did you mean `b`?"


def test_a_digest_that_is_cut_short() -> None:
    [found] = validator("lock").read(parse(CUT_SHORT, "mlspec.lock").root).problems

    assert found.help == "copy the whole of it: 64 digits after `sha256:`"


def test_entries_above_the_map_of_entries_are_told_of_once() -> None:
    source = "{type: s3, uri: s3://cellar/a.csv, format: csv}"
    text = f"{HEAD}data:\n  a: {source}\n  b: {source}\n"

    assert {
        (each.path, each.help) for each in validator("project").read(parse(text, "f").root).problems
    } == {(("data", "a"), "put them under `sources:`")}
