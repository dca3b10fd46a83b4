"""Files of ours that someone edited: never overwritten or removed, unless by force."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mlspec.output import staging, tree
from mlspec.output.edits import Edit
from mlspec.output.errors import EditedFiles, OutputError
from mlspec.output.tree import write_tree
from tests.output.trees import fingerprint, hidden, read_tree

FILES = {"dev/a.yaml": b"one\ntwo\n", "dev/b.yaml": b"b\n", "prod/c.yaml": b"c\n"}
NEW = {**FILES, "dev/a.yaml": b"one\n2\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "generated" / "churn"
    write_tree(root, FILES)
    return root


def refused(root: Path, files: dict[str, bytes], **options: Any) -> EditedFiles:
    before = fingerprint(root)
    with pytest.raises(EditedFiles) as caught:
        write_tree(root, files, **options)
    assert fingerprint(root) == before and hidden(root.parent) == []
    return caught.value


@pytest.mark.parametrize("files", [FILES, NEW], ids=["same-spec", "changed-spec"])
def test_an_edited_file_is_not_overwritten(root: Path, files: dict[str, bytes]) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"one\nTWO\n")

    error = refused(root, files)

    # Which line was edited can be told only where the spec has not changed as well.
    line, width = (2, 3) if files == FILES else (0, 0)
    edit = Edit(path="dev/a.yaml", how="text", is_stale=False, line=line, width=width)
    assert error.edits == (edit,) and not error.is_mixed


def test_an_edited_file_is_not_removed(root: Path) -> None:
    (root / "prod" / "c.yaml").write_bytes(b"edited")

    error = refused(root, {"dev/a.yaml": b"new"})

    assert error.edits == (Edit(path="prod/c.yaml", how="text", is_stale=True),)


def test_all_edited_files_are_named_at_once(root: Path) -> None:
    for path in FILES:
        (root / path).write_bytes(b"edited")
    assert [edit.path for edit in refused(root, NEW).edits] == sorted(FILES)


def test_by_force_it_is_overwritten_or_removed(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"edited")
    (root / "prod" / "c.yaml").write_bytes(b"edited")
    (root / "prod" / "notes.md").write_bytes(b"mine")
    files = {"dev/a.yaml": b"new", "dev/b.yaml": b"b\n"}

    changes = write_tree(root, files, force=True)

    assert changes.written == ("dev/a.yaml", "provenance.json")
    assert changes.removed == ("prod/c.yaml",)
    assert read_tree(root) == {**files, "prod/notes.md": b"mine"}
    assert changes.foreign == ("prod/notes.md",)
    assert not write_tree(root, files)


def test_an_overwritten_file_does_not_come_back_for_a_time_in_the_future(root: Path) -> None:
    """What is rescued from the old tree is foreign files; with a lost inventory all look so."""
    (root / "dev" / "a.yaml").write_bytes(b"edited")
    os.utime(root / "dev" / "a.yaml", (2**32, 2**32))
    (root / "provenance.json").unlink()

    write_tree(root, NEW, force=True)

    assert read_tree(root) == NEW


def test_a_file_that_was_edited_into_what_the_spec_renders_is_not_in_question(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(NEW["dev/a.yaml"])
    assert write_tree(root, NEW).written == ("provenance.json",)


def test_an_edit_in_another_environment_is_not_in_question(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"edited")
    write_tree(root, {"prod/c.yaml": b"new"}, scopes=["prod"])
    assert (root / "dev" / "a.yaml").read_bytes() == b"edited"
    assert [edit.path for edit in refused(root, FILES).edits] == ["dev/a.yaml"]


@pytest.mark.parametrize("files", [FILES, NEW], ids=["same-spec", "changed-spec"])
def test_line_ends_alone_are_told_from_an_edit(root: Path, files: dict[str, bytes]) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"one\r\ntwo\r\n")
    assert [edit.how for edit in refused(root, files).edits] == ["line ends"]


def test_lines_cut_off_point_at_the_last_one(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"one")
    (edit,) = refused(root, FILES).edits
    assert (edit.line, edit.width) == (1, 3)


def test_a_line_that_is_not_text_has_no_place(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"one\n\xff\n")
    assert [edit.line for edit in refused(root, FILES).edits] == [0]


def test_a_huge_file_is_not_read_into_memory(root: Path) -> None:
    with (root / "dev" / "a.yaml").open("r+b") as file:
        file.truncate(2**26)
    assert [(edit.how, edit.line) for edit in refused(root, FILES).edits] == [("text", 0)]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path, target: path.symlink_to(target), id="link"),
        pytest.param(lambda path, target: path.symlink_to(path.name), id="loop"),
        pytest.param(lambda path, target: os.mkfifo(path), id="pipe"),
    ],
)
@pytest.mark.parametrize("files", [FILES, {"prod/c.yaml": b"c\n"}], ids=["wanted", "stale"])
def test_what_is_not_a_file_is_an_edit_and_by_force_replaced(
    root: Path, tmp_path: Path, make: Any, files: dict[str, bytes]
) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"target")
    (root / "dev" / "a.yaml").unlink()
    make(root / "dev" / "a.yaml", target)

    assert [edit.how for edit in refused(root, files).edits] == ["replaced"]

    write_tree(root, files, force=True)
    assert read_tree(root) == files and target.read_bytes() == b"target"


def test_a_folder_in_the_place_of_a_file_is_not_removed_even_by_force(root: Path) -> None:
    (root / "dev" / "a.yaml").unlink()
    (root / "dev" / "a.yaml").mkdir()
    (root / "dev" / "a.yaml" / "mine").write_bytes(b"mine")
    for force in (False, True):
        with pytest.raises(OutputError, match=r"did not write dev/a\.yaml/mine .* elsewhere"):
            write_tree(root, FILES, force=force)


def test_a_file_that_mlspec_did_not_write_is_overwritten_by_force_alone(root: Path) -> None:
    (root / "dev" / "new.yaml").write_bytes(b"mine")
    files = {**FILES, "dev/new.yaml": b"ours"}
    with pytest.raises(OutputError, match=r"did not write dev/new\.yaml .*render --force"):
        write_tree(root, files)
    write_tree(root, files, force=True)
    assert read_tree(root) == files


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_a_lost_inventory_is_made_anew_by_force(root: Path, state: str) -> None:
    (root / "provenance.json").unlink()
    if state == "damaged":
        (root / "provenance.json").write_text("<<<<<<< HEAD\n")
    (root / "dev" / "notes.md").write_bytes(b"mine")
    files = {"dev/a.yaml": b"new", "dev/b.yaml": b"b\n"}

    with pytest.raises(OutputError, match=rf"provenance\.json is {state}"):
        write_tree(root, files)
    changes = write_tree(root, files, force=True)

    # Nobody knows any more that prod/c.yaml was ours, so it stays, and is named.
    assert read_tree(root) == {**files, "dev/notes.md": b"mine", "prod/c.yaml": b"c\n"}
    assert not changes.is_sure and changes.foreign == ("dev/notes.md", "prod/c.yaml")
    assert write_tree(root, files).is_sure


def test_a_tree_of_several_renders_is_told_from_one_that_was_edited(root: Path) -> None:
    """What a merge leaves: an inventory of one side, files of both."""
    (root / "dev" / "b.yaml").write_bytes(b"of the other side\n")
    (root / "prod" / "c.yaml").write_bytes(b"merged of both\n")

    error = refused(root, {**FILES, "dev/b.yaml": b"of the other side\n"})

    assert [edit.path for edit in error.edits] == ["prod/c.yaml"] and error.is_mixed


def test_the_marks_of_a_merge_are_found(root: Path) -> None:
    (root / "dev" / "a.yaml").write_bytes(b"one\n<<<<<<< HEAD\ntwo\n=======\n2\n>>>>>>> x\n")
    error = refused(root, NEW)
    assert [(edit.how, edit.line) for edit in error.edits] == [("conflict", 2)] and error.is_mixed


@pytest.mark.parametrize(
    ("path", "force"),
    [
        pytest.param("dev/a.yaml", False, id="to-be-overwritten"),
        pytest.param("dev/b.yaml", False, id="to-be-removed"),
        pytest.param("dev/new.yaml", False, id="made-in-the-way"),
        pytest.param("dev/a.yaml", True, id="not-even-by-force"),
        pytest.param("provenance.json", False, id="inventory"),
    ],
)
def test_an_edit_while_the_tree_is_written_is_not_lost(
    root: Path, monkeypatch: pytest.MonkeyPatch, path: str, force: bool
) -> None:
    """People take no lock: what they save after the check is found before the swap."""

    def stage(*arguments: Any, **how: Any) -> None:
        staging.stage(*arguments, **how)
        (root / path).write_bytes(b"saved just now")

    monkeypatch.setattr(tree, "stage", stage)
    files = {"dev/a.yaml": b"new", "dev/new.yaml": b"new", "prod/c.yaml": b"c\n"}
    with pytest.raises(OutputError, match=f"someone changed {path} in the meantime"):
        write_tree(root, files, force=force)
    assert (root / path).read_bytes() == b"saved just now" and hidden(root.parent) == []
