"""schema_errors: which schema is taken, and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlspec.manifests.manifest import Manifest
from mlspec.output import schemas
from mlspec.output.schemas import schema_errors

SCHEMA = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "replicas": {"type": "integer"},
                "ports": {"type": "array", "items": {"type": "string", "format": "date-time"}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("example.org/thing_v1.json", "core/thing_v1.json"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text(json.dumps(SCHEMA))
    return tmp_path


def thing(spec: Any, api_version: str = "example.org/v1", kind: str = "Thing") -> Manifest:
    return Manifest(body={"apiVersion": api_version, "kind": kind, "spec": spec})


@pytest.mark.parametrize("api_version", ["example.org/v1", "v1"])
def test_a_good_manifest_has_no_errors(folder: Path, api_version: str) -> None:
    manifest = thing({"replicas": 1, "ports": ("not a date",)}, api_version)
    assert schema_errors(manifest, [folder]) == []


def test_each_error_says_where(folder: Path) -> None:
    spec = {"replicas": "2", "ports": ["a", 1], "labels": {"app.kubernetes.io/name": 1}, "more": 1}
    found = schema_errors(thing(spec), [folder])
    assert [error.partition(": ")[0] for error in found] == [
        "$.spec",
        "$.spec.labels['app.kubernetes.io/name']",
        "$.spec.ports[1]",
        "$.spec.replicas",
    ]
    assert "'more' was unexpected" in found[0]


@pytest.mark.parametrize(
    ("api_version", "kind", "message"),
    [
        pytest.param("example.org/v2", "Thing", "example.org/Thing (v2)", id="version"),
        pytest.param("v1", "Widget", "core/Widget (v1)", id="kind"),
        pytest.param("../v1", "Thing", "../Thing (v1)", id="path-in-group"),
        pytest.param("example.org/v1", "../core/Thing", "", id="path-in-kind"),
        pytest.param("", "", "core/ (no apiVersion)", id="nothing"),
    ],
)
def test_a_kind_without_a_schema_is_an_error(
    folder: Path, api_version: str, kind: str, message: str
) -> None:
    (found,) = schema_errors(thing({}, api_version, kind), [folder])
    assert found.startswith(f"no schema for {message}")


def test_a_value_that_json_lacks_is_an_error_and_no_traceback(folder: Path) -> None:
    assert schema_errors(thing({"labels": {"a": {1}}}), [folder])[0].startswith("$: ")


def test_a_long_message_is_cut(folder: Path) -> None:
    assert len(schema_errors(thing({"replicas": "x" * 9999}), [folder])[0]) < 400


def test_a_schema_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema_errors(thing({}), [folder])
    monkeypatch.setattr(schemas, "_compile", lambda file: pytest.fail(f"compiles {file} again"))
    assert schema_errors(thing({"replicas": 1}), [folder]) == []


def test_manifest_properties() -> None:
    metadata = {"name": "churn", "namespace": "ml"}
    body = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata}
    manifest = Manifest(body=body)
    assert (manifest.group, manifest.api_version) == ("apps", "apps/v1")
    assert (manifest.name, manifest.namespace) == ("churn", "ml")
    assert manifest.filename == "statefulset-churn.yaml"
    bare = Manifest(body={"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ml"}})
    assert (bare.group, bare.namespace) == ("", "")
    assert Manifest(body={"metadata": None}).name == ""
