"""How a tree differs from what it should hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.output.drift import compare
from mlspec.output.provenance import digest
from mlspec.output.tree import write_tree

FILES = {"prod/b.yaml": b"b", "dev/a.yaml": b"a"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_tree(tmp_path / "churn", FILES)
    return tmp_path / "churn"


def test_a_tree_as_written_has_not_drifted(root: Path) -> None:
    assert not compare(root, FILES)


def test_an_edited_file_is_not_stale(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"x")
    drift = compare(root, FILES)
    assert drift and drift.stale == ()
    assert [edit.path for edit in drift.edited] == ["dev/a.yaml"]


def test_an_edited_file_that_nobody_expects_is_edited(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"x")
    drift = compare(root, {"prod/b.yaml": b"b"})
    assert [(edit.path, edit.is_stale) for edit in drift.edited] == [("dev/a.yaml", True)]
    assert drift.unexpected == ()


def test_a_file_of_an_older_spec_is_stale_and_not_edited(root: Path) -> None:
    drift = compare(root, {**FILES, "dev/a.yaml": b"x"})
    assert (drift.stale, drift.edited) == (("dev/a.yaml",), ())


def test_a_file_that_was_edited_into_what_is_expected_is_neither(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"x")
    drift = compare(root, {**FILES, "dev/a.yaml": b"x"})
    assert (drift.stale, drift.edited) == ((), ())
    assert drift and drift.is_inventory_stale


def test_a_link_to_the_right_content_is_an_edit(root: Path, tmp_path: Path) -> None:
    (root / "dev" / "a.yaml").rename(tmp_path / "a.yaml")
    (root / "dev" / "a.yaml").symlink_to(tmp_path / "a.yaml")
    assert [edit.how for edit in compare(root, FILES).edited] == ["replaced"]


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


def test_without_an_inventory_everything_expected_is_still_compared(root: Path) -> None:
    (root / "provenance.json").write_text("{")
    assert compare(root, FILES).is_inventory_stale
    (root / "dev" / "a.yaml").write_bytes(b"x")
    drift = compare(root, FILES)
    assert (drift.stale, drift.edited) == (("dev/a.yaml",), ())  # whose it is cannot be told
    assert drift.provenance.state == "corrupt"


def test_an_inventory_with_other_digests_is_stale_though_the_files_are_right(root: Path) -> None:
    file = root / "provenance.json"
    file.write_text(file.read_text().replace(digest(b"a"), digest(b"other")))
    assert compare(root, FILES).is_inventory_stale
