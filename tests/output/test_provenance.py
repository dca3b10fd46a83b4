"""provenance.json: what it says, what is made of a broken one, and how a tree has drifted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mlspec
from mlspec.output import provenance
from mlspec.output.folder import is_relative_path
from mlspec.output.provenance import NOTHING, Origin, Provenance, Reading, build, compare, read
from mlspec.output.tree import write_tree

ONE = Origin(mlspec="1", inputs={"project.yaml": "sha256:1", "mlspec.lock": "sha256:2"})
TWO = Origin(mlspec="2", inputs={"project.yaml": "sha256:3"})
FILES = {"prod/b.yaml": b"b", "dev/a.yaml": b"a"}


def write(root: Path, data: bytes) -> Reading:
    (root / provenance.FILE_NAME).write_bytes(data)
    return read(root)


def test_the_file_is_sorted_and_holds_nothing_else() -> None:
    text = build(ONE, FILES).to_bytes().decode()
    assert text.endswith("}\n") and not text.endswith("\n\n")
    content = json.loads(text)
    assert list(content) == ["mlspec", "inputs", "files"]
    assert list(content["inputs"]) == ["mlspec.lock", "project.yaml"]
    assert list(content["files"]) == ["dev/a.yaml", "prod/b.yaml"]
    assert content["files"]["dev/a.yaml"] == "sha256:" + hashlib.sha256(b"a").hexdigest()


def test_the_order_of_the_files_does_not_matter() -> None:
    turned = dict(reversed(FILES.items()))
    assert build(ONE, FILES).to_bytes() == build(ONE, turned).to_bytes()


@given(
    st.dictionaries(
        st.text("abé/", min_size=1).filter(lambda path: is_relative_path(path)), st.binary()
    ),
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.just("sha256:1")),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], inputs: dict[str, str]
) -> None:
    made = build(Origin(mlspec="1", inputs=inputs), files)
    made = made.replace(older={"dev": ONE})
    assert write(tmp_path_factory.getbasetemp(), made.to_bytes()) == Reading(
        state="present", provenance=made
    )


def test_a_tree_has_one(tmp_path: Path) -> None:
    write_tree(tmp_path / "churn", FILES, inputs=TWO.inputs)
    found = read(tmp_path / "churn")
    assert found.provenance == build(Origin(mlspec=mlspec.__version__, inputs=TWO.inputs), FILES)


def test_none_is_missing(tmp_path: Path) -> None:
    assert read(tmp_path) == read(tmp_path / "nowhere") == Reading(state="missing")


GOOD: dict[str, Any] = json.loads(build(ONE, FILES).to_bytes())
WRONG: list[dict[str, Any]] = [
    {"mlspec": 1},
    {"inputs": []},
    {"inputs": {"a": 1}},
    {"files": None},
    {"files": {"a": {}}},
    {"files": {"../a": "x"}},
    {"files": {"/a": "x"}},
    {"older": []},
    {"older": {"dev": {}}},
]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\xfa", id="not-text"),
        pytest.param(b"<<<<<<< HEAD\n" + json.dumps(GOOD).encode(), id="merge-conflict"),
        pytest.param(b"[" * 200_000, id="nested-too-deeply"),
        pytest.param(b"9" * 5000, id="a-huge-number"),
        pytest.param(b"[]", id="list"),
        *(
            pytest.param(json.dumps({**GOOD, **wrong}).encode(), id=f"wrong-{next(iter(wrong))}")
            for wrong in WRONG
        ),
    ],
)
def test_a_broken_one_is_corrupt(tmp_path: Path, data: bytes) -> None:
    found = write(tmp_path, data)
    assert found.state == "corrupt" and found.provenance == NOTHING and found.reason


def test_a_folder_of_that_name_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / provenance.FILE_NAME).mkdir()
    assert read(tmp_path).state == "corrupt"


def test_rendering_one_environment_says_what_the_others_are_from() -> None:
    old = build(ONE, {"dev/a": b"", "prod/b": b"", "test/c": b""}).replace(older={"test": TWO})
    new = build(TWO, {"prod/x": b""}).with_others_of(old, ["prod"])
    assert set(new.files) == {"dev/a", "prod/x", "test/c"}
    assert new.older == {"dev": ONE}  # `test` is from the very inputs of this render
    assert not new.is_from(TWO)
    assert list(json.loads(new.to_bytes())["older"]) == ["dev"]


def test_rendering_one_environment_from_the_same_inputs_leaves_no_trace() -> None:
    old = build(ONE, FILES)
    new = build(ONE, {"prod/b.yaml": b"b"}).with_others_of(old, ["prod"])
    assert new == old and new.is_from(ONE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_tree(tmp_path / "churn", FILES)
    return tmp_path / "churn"


def test_a_tree_as_written_has_not_drifted(root: Path) -> None:
    assert not compare(root, FILES)


def test_an_edited_file_is_stale_and_edited(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"x")
    drift = compare(root, FILES)
    assert drift and (drift.stale, drift.edited) == (("dev/a.yaml",), ("dev/a.yaml",))


def test_a_file_of_an_older_spec_is_stale_and_not_edited(root: Path) -> None:
    drift = compare(root, {**FILES, "dev/a.yaml": b"x"})
    assert (drift.stale, drift.edited) == (("dev/a.yaml",), ())


def test_a_link_to_the_right_content_is_stale(root: Path, tmp_path: Path) -> None:
    (root / "dev" / "a.yaml").rename(tmp_path / "a.yaml")
    (root / "dev" / "a.yaml").symlink_to(tmp_path / "a.yaml")
    assert compare(root, FILES).stale == ("dev/a.yaml",)


def test_what_is_not_there_is_missing(root: Path) -> None:
    (root / "dev" / "a.yaml").unlink()
    assert compare(root, {**FILES, "dev/n.yaml": b""}).missing == ("dev/a.yaml", "dev/n.yaml")


def test_no_tree_at_all_is_all_missing(tmp_path: Path) -> None:
    drift = compare(tmp_path / "nowhere", FILES)
    assert drift.missing == ("dev/a.yaml", "prod/b.yaml") and not drift.stale


def test_what_mlspec_wrote_and_nobody_expects_is_unexpected(root: Path) -> None:
    assert compare(root, {"dev/a.yaml": b"a"}).unexpected == ("prod/b.yaml",)


def test_foreign_files_are_unexpected_only_where_argo_cd_would_sync_them(root: Path) -> None:
    synced = ["dev/x.yaml", "dev/.h.yml", "prod/deep/y.json", "dev/z.jsonnet"]
    ignored = ["dev/notes.md", "mine/x.yaml", "top.yaml", "dev/x.yaml.orig"]
    for path in (*synced, *ignored):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).touch()
    assert compare(root, FILES).unexpected == tuple(sorted(synced))
    assert compare(root, FILES, environments=["mine"]).unexpected == ("mine/x.yaml",)


def test_one_environment_is_looked_at_alone(root: Path) -> None:
    (root / "dev" / "x.yaml").touch()
    assert not compare(root, {"prod/b.yaml": b"b"}, scopes=["prod"])


def test_without_an_inventory_everything_expected_is_still_compared(root: Path) -> None:
    (root / "provenance.json").write_text("{")
    assert not compare(root, FILES)
    (root / "dev" / "a.yaml").write_bytes(b"x")
    assert compare(root, FILES).stale == ("dev/a.yaml",)


def test_provenance_itself_is_compared_where_it_is_expected(root: Path) -> None:
    data = (root / "provenance.json").read_bytes()
    assert not compare(root, {**FILES, "provenance.json": data})
    assert compare(root, {**FILES, "provenance.json": b"{}"}).stale == ("provenance.json",)


def test_equal_by_content() -> None:
    assert Provenance(origin=ONE, files={}) == build(ONE, {})
