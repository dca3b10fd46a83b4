"""provenance.json: what it says, and what is made of a broken one."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mlspec
from mlspec.output import provenance
from mlspec.output.folder import is_relative_path
from mlspec.output.provenance import NOTHING, Origin, Provenance, Reading, build, read
from mlspec.output.tree import write_tree
from tests.output.trees import make_socket

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
        pytest.param(json.dumps(GOOD).encode() + b" " * 2**24, id="too-large"),
        pytest.param(
            json.dumps({**GOOD, "files": {"a": "\ud800"}}).encode(), id="half-of-a-surrogate-pair"
        ),
        *(
            pytest.param(json.dumps({**GOOD, **wrong}).encode(), id=f"wrong-{next(iter(wrong))}")
            for wrong in WRONG
        ),
    ],
)
def test_a_broken_one_is_corrupt(tmp_path: Path, data: bytes) -> None:
    found = write(tmp_path, data)
    assert found.state == "corrupt" and found.provenance == NOTHING and found.reason


def test_a_merge_conflict_is_called_by_its_name(tmp_path: Path) -> None:
    data = b'{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> other\n}\n'
    assert write(tmp_path, data).reason == "it holds the conflict of a Git merge"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda p: p.mkdir(), "it is not a regular file", id="folder"),
        pytest.param(lambda p: os.mkfifo(p), "it is not a regular file", id="pipe"),
        pytest.param(lambda p: make_socket(p), "it is not a regular file", id="socket"),
        pytest.param(lambda p: p.symlink_to("/dev/zero"), "it is a symbolic link", id="link"),
        pytest.param(lambda p: p.symlink_to(p.name), "it is a symbolic link", id="loop"),
    ],
)
def test_what_is_not_a_file_is_corrupt(tmp_path: Path, make: Any, reason: str) -> None:
    """None of them is waited for, or read to its end."""
    make(tmp_path / provenance.FILE_NAME)
    assert read(tmp_path) == Reading(state="corrupt", reason=reason)


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


def test_equal_by_content() -> None:
    assert Provenance(origin=ONE, files={}) == build(ONE, {})
