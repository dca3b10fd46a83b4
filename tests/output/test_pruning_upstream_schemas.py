"""bin/prune_schemas.py, and every schema in schemas/manifests as a subset of the upstream one."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from bin import prune_schemas as prune
from tests.output.subset import subset_errors
from tests.upstream import ROOT, crds_folder, upstream_errors

OURS = ROOT / "schemas" / "manifests"

UPSTREAM: dict[str, Any] = {
    "$schema": prune.DRAFT,
    "description": "A thing",
    "type": "object",
    "additionalProperties": False,
    "required": ["spec"],
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": ["string", "null"]},
                "labels": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
                "uid": {"type": "string"},
            },
        },
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9, "format": "int32"},
                "steps": {
                    "type": "array",
                    "maxItems": 4,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "run": {"type": "string", "pattern": "^[a-z]+$"},
                            "wait": {"type": "boolean", "default": False},
                        },
                    },
                },
                "mode": {"type": "string", "enum": ["Fast", "Safe"]},
                "port": {"type": ["integer", "string"], "x-kubernetes-int-or-string": True},
                "values": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        },
    },
}
MANIFEST: dict[str, Any] = {
    "apiVersion": "example.org/v1",
    "kind": "Thing",
    "metadata": {"name": "a", "labels": {"app": "a"}},
    "spec": {"size": 2, "steps": [{"run": "x"}, {}], "values": {"any": [1]}},
}


def changed(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    """A copy with the value at a dotted path replaced, or deleted where `new` is None."""
    result = copy.deepcopy(value)
    *parents, last = path.split(".")
    node: Any = result
    for part in parents:
        node = node[part]
    if new is None:
        del node[last]
    else:
        node[last] = new
    return result


def errors(schema: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    return [e.message for e in jsonschema_rs.Draft7Validator(schema).iter_errors(manifest)]


def test_what_is_rendered_passes_its_pruned_schema() -> None:
    assert errors(prune.prune_kind([UPSTREAM], [MANIFEST]), MANIFEST) == []


@pytest.mark.parametrize(
    ("path", "new"),
    [
        pytest.param("spec.mode", "Fast", id="a-field-that-no-manifest-uses"),
        pytest.param("metadata.uid", "x", id="metadata-that-no-manifest-uses"),
        pytest.param("spec.steps", [{"wait": True}], id="a-field-of-a-list-item"),
        pytest.param("spec.steps", [{"run": "UPPER"}], id="a-pattern"),
        pytest.param("spec.steps", [{}] * 5, id="a-list-too-long"),
        pytest.param("spec.size", 0, id="a-minimum"),
        pytest.param("spec.size", None, id="a-required-field"),
        pytest.param("metadata.name", None, id="no-name"),
        pytest.param("kind", "Other", id="another-kind"),
        pytest.param("metadata.labels", {"a": 1}, id="a-label-that-is-a-number"),
    ],
)
def test_refuses(path: str, new: object) -> None:
    assert errors(prune.prune_kind([UPSTREAM], [MANIFEST]), changed(MANIFEST, path, new))


@pytest.mark.parametrize(
    ("path", "new"),
    [
        pytest.param("metadata.labels", {"other": "x"}, id="a-free-form-map"),
        pytest.param("spec.values", {"else": {"b": 1}}, id="a-node-that-upstream-leaves-open"),
    ],
)
def test_accepts(path: str, new: object) -> None:
    assert not errors(prune.prune_kind([UPSTREAM], [MANIFEST]), changed(MANIFEST, path, new))


def test_descriptions_formats_defaults_and_nulls_are_dropped() -> None:
    text = json.dumps(prune.prune_kind([UPSTREAM], [MANIFEST]))
    for word in ("description", "format", "default", "null", "x-kubernetes"):
        assert word not in text


def test_a_field_that_upstream_lacks_is_refused_with_its_path() -> None:
    with pytest.raises(prune.Unfit, match=r"\$\.spec\.steps\[\]: upstream has no walk"):
        prune.prune_kind([UPSTREAM], [changed(MANIFEST, "spec.steps", [{"walk": 1}])])


def test_two_versions_give_the_fields_of_either_and_the_laxer_bounds() -> None:
    newer = changed(UPSTREAM, "properties.spec.properties.mode", None)
    newer = changed(newer, "properties.spec.properties.pace", {"type": "integer"})
    newer = changed(newer, "properties.spec.properties.size.maximum", 20)
    newer = changed(
        newer,
        "properties.spec.properties.values",
        {
            "type": "object",
            **{"properties": {"any": {"type": "array"}}, "additionalProperties": False},
        },
    )
    manifests = [
        changed(MANIFEST, "spec.mode", "Fast"),
        changed(changed(MANIFEST, "spec.pace", 1), "spec.size", 15),
    ]
    schema = prune.prune_kind([UPSTREAM, newer], manifests)
    assert [errors(schema, manifest) for manifest in manifests] == [[], []]
    assert subset_errors(schema, [UPSTREAM, newer]) == []
    # The version that describes a node is the stricter one, and both must be satisfied.
    assert errors(schema, changed(MANIFEST, "spec.values", {"else": 1}))


SPEC = "properties.spec"


@pytest.mark.parametrize(
    ("path", "new"),
    [
        pytest.param(f"{SPEC}.additionalProperties", True, id="open"),
        pytest.param(f"{SPEC}.properties.more", {"type": "string"}, id="more-fields"),
        pytest.param(f"{SPEC}.required", [], id="less-required"),
        pytest.param(f"{SPEC}.properties.size.minimum", 0, id="lower-minimum"),
        pytest.param(f"{SPEC}.properties.size.maximum", None, id="no-maximum"),
        pytest.param(f"{SPEC}.properties.size.type", ["integer", "null"], id="another-type"),
        pytest.param(f"{SPEC}.properties.size", {}, id="nothing-at-all"),
        pytest.param(f"{SPEC}.properties.steps.items", None, id="any-items"),
        pytest.param(f"{SPEC}.properties.steps.items.properties.run.pattern", "^.*$", id="pattern"),
        pytest.param(f"{SPEC}.properties.mode.enum", ["Fast", "Wild"], id="another-choice"),
        pytest.param("properties.metadata.properties.labels.additionalProperties", {}, id="map"),
    ],
)
def test_the_proof_sees_a_schema_that_is_laxer(path: str, new: object) -> None:
    ours = prune.prune_kind([UPSTREAM], [changed(MANIFEST, "spec.mode", "Fast")])
    assert subset_errors(ours, [UPSTREAM]) == []
    assert subset_errors(changed(ours, path, new), [UPSTREAM])


def crds(tmp_path: Path) -> Path:
    file = tmp_path / "crds" / "json" / "example.org" / "thing_v1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(UPSTREAM))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "thing-a.yaml").write_text(yaml.safe_dump(MANIFEST))
    return tmp_path / "crds"


def run(tmp_path: Path, *more: str) -> int:
    where = ["--crds", str(tmp_path / "crds"), "--used", str(tmp_path / "used")]
    return prune.main([*where, "--out", str(tmp_path / "out"), *more])


def test_the_tool_writes_the_same_bytes_again_and_can_check_them(tmp_path: Path) -> None:
    crds(tmp_path)
    out = tmp_path / "out" / "example.org" / "thing_v1.json"
    assert run(tmp_path, "--check") == 1 and not out.exists()
    assert run(tmp_path) == 0
    first = out.read_bytes()
    assert run(tmp_path, "--check") == 0
    (tmp_path / "used" / "again.yaml").write_text(yaml.safe_dump(MANIFEST))
    assert run(tmp_path) == 0 and out.read_bytes() == first


def test_the_tool_reports_a_kind_that_upstream_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crds(tmp_path)
    (tmp_path / "used" / "b.yaml").write_text(yaml.safe_dump({**MANIFEST, "kind": "Other"}))
    assert run(tmp_path) == 1
    assert "example.org/other_v1.json: there is no upstream schema" in capsys.readouterr().err


def read_samples() -> list[dict[str, Any]]:
    file = Path(__file__).parent / "samples.yaml"
    return list(yaml.safe_load_all(file.read_text()))


@pytest.mark.parametrize("sample", read_samples(), ids=lambda m: m["kind"])
def test_pruning_the_real_upstream_schema_of(sample: dict[str, Any]) -> None:
    assert upstream_errors(sample, "3.7") == upstream_errors(sample, "4.1") == []
    files = prune.upstream_files(crds_folder(), prune.schema_path(sample))
    upstreams = [json.loads(file.read_bytes()) for file in files]
    schema = prune.prune_kind(upstreams, [sample])
    assert errors(schema, sample) == []
    assert subset_errors(schema, upstreams) == []
    assert errors(schema, {**sample, "status": {}})


@pytest.mark.parametrize(
    "path", sorted(p.relative_to(OURS).as_posix() for p in OURS.rglob("*.json")) or [None]
)
def test_committed_schema_is_a_subset_of_upstream(path: str | None) -> None:
    if path is None:
        pytest.skip("schemas/manifests is empty: bin/prune_schemas.py has not been run yet")
    files = prune.upstream_files(crds_folder(), path)
    assert files, "upstream does not have this kind"
    upstreams = [json.loads(file.read_bytes()) for file in files]
    assert subset_errors(json.loads((OURS / path).read_bytes()), upstreams) == []
