"""Digests are of content; what was read once is read again only when it may have changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mlspec.local.digests import Index, of_tree
from mlspec.local.files import read_object
from tests.specs import ROOT


def test_a_file_is_remembered_unless_it_is_so_new_that_it_may_change_within_a_tick(
    tmp_path: Path,
) -> None:
    old, new = ROOT / "LICENSE", tmp_path / "new"
    new.write_text("x", encoding="utf-8")
    index = Index(tmp_path / "index.json")

    assert index.file(str(new)) == hashlib.sha256(b"x").hexdigest()
    assert index.file(str(old)) == hashlib.sha256(old.read_bytes()).hexdigest()

    index.save()
    assert list(read_object(tmp_path / "index.json")) == [str(old)]


def test_a_folder_s_digest_is_of_names_and_content_wherever_it_lies(tmp_path: Path) -> None:
    for name in ("one", "two", "other"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "sub/a").write_text("x", encoding="utf-8")
    (tmp_path / "other/sub/a").rename(tmp_path / "other/sub/b")

    assert of_tree(tmp_path / "one") == of_tree(tmp_path / "two") != of_tree(tmp_path / "other")


def test_a_link_counts_by_where_it_leads_and_a_loop_does_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "self").symlink_to(folder)
    before = of_tree(folder)
    (folder / "self").unlink()
    (folder / "self").symlink_to(tmp_path)

    assert of_tree(folder) != before


def test_a_file_that_has_just_gone_differs_from_one_that_is_there(tmp_path: Path) -> None:
    """Programs make and remove files while the project is being looked at."""
    index, file = Index(tmp_path / "index.json"), tmp_path / "file"
    file.touch()

    there = index.file(str(file))
    file.unlink()

    assert index.file(str(file)) != there
