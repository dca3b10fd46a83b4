"""Many trees written together: each is the old one or the new one, and fails for itself."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from mlspec.output import tree as module
from mlspec.output.tree import Changes, EditedFiles, Order, OutputError, alone_in, write_trees
from tests.output.trees import die_at_event, fingerprint, hidden, in_child, read_tree, wait

NAMES = ("beer", "tea", "wine")
OLD = {"dev/a.yaml": b"old", "dev/gone.yaml": b"old", "prod/same.yaml": b"same"}
NEW = {"dev/a.yaml": b"new", "dev/came.yaml": b"new", "prod/same.yaml": b"same"}
FOREIGN = {"dev/notes.md": b"mine"}


def write(folder: Path, files: dict[str, bytes]) -> list[Changes | OutputError]:
    with alone_in(folder):
        return write_trees(folder, [Order(root=folder / name, files=files) for name in NAMES])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "generated", OLD)
    for name in NAMES:
        (tmp_path / "generated" / name / "dev" / "notes.md").write_bytes(b"mine")
    return tmp_path / "generated"


def test_each_is_written_and_told_of(folder: Path) -> None:
    found = write(folder, NEW)

    for name, changes in zip(NAMES, found, strict=True):
        assert read_tree(folder / name) == {**NEW, **FOREIGN}
        assert isinstance(changes, Changes)
        assert changes.written == ("dev/a.yaml", "dev/came.yaml", "provenance.json")
        assert changes.removed == ("dev/gone.yaml",)
    assert hidden(folder) == []


def test_they_are_what_one_by_one_they_would_be(folder: Path, tmp_path: Path) -> None:
    write(folder, NEW)
    for name in NAMES:
        module.write_tree(tmp_path / "single" / name, NEW)
        here = (folder / name / "provenance.json").read_bytes()
        assert (tmp_path / "single" / name / "provenance.json").read_bytes() == here


def test_what_is_as_it_should_be_is_not_touched(folder: Path) -> None:
    before = {name: fingerprint(folder / name) for name in NAMES}

    assert not any(write(folder, OLD))
    assert {name: fingerprint(folder / name) for name in NAMES} == before


def test_one_that_was_edited_stays_and_the_others_are_written(folder: Path) -> None:
    (folder / "tea" / "dev" / "a.yaml").write_bytes(b"edited")

    beer, tea, wine = write(folder, NEW)

    assert beer and wine and isinstance(tea, EditedFiles)
    assert (folder / "tea" / "dev" / "a.yaml").read_bytes() == b"edited"
    assert read_tree(folder / "wine") == {**NEW, **FOREIGN} and hidden(folder) == []


def test_one_that_cannot_be_a_tree_fails_alone(folder: Path) -> None:
    os.rename(folder / "tea", folder / "old")  # noqa: PTH104
    (folder / "tea").write_bytes(b"a file")

    _, tea, wine = write(folder, NEW)

    assert isinstance(tea, OutputError) and tea.reason == "it is a file, not a folder"
    assert wine and read_tree(folder / "wine") == {**NEW, **FOREIGN}


def test_one_that_is_edited_meanwhile_stays_and_the_others_are_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(parent: Path) -> None:
        (parent / "tea" / "dev" / "a.yaml").write_bytes(b"edited just now")

    monkeypatch.setattr(module, "sync_file_system", edit)

    _, tea, wine = write(folder, NEW)

    assert isinstance(tea, OutputError) and "in the meantime" in tea.reason and wine
    assert read_tree(folder / "tea") == {**OLD, **FOREIGN, "dev/a.yaml": b"edited just now"}
    assert hidden(folder) == []


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_an_injected_failure_of_the_wait_for_the_disk_leaves_all_as_it_was(
    folder: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: fingerprint(folder / name) for name in NAMES}

    def fail(parent: Path) -> None:
        raise error

    monkeypatch.setattr(module, "sync_file_system", fail)

    with pytest.raises(type(error)):
        write(folder, NEW)
    assert {name: fingerprint(folder / name) for name in NAMES} == before
    assert hidden(folder) == []


def test_the_disk_is_waited_for_before_any_tree_is_put_in_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, bytes]] = []
    monkeypatch.setattr(
        module, "sync_file_system", lambda parent: seen.extend(read_tree(parent / n) for n in NAMES)
    )
    write(folder, NEW)

    assert seen == [{**OLD, **FOREIGN}] * 3


def test_killed_before_each_single_step(tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    killed = 0
    for step in range(1, 2000):
        write(folder, OLD)

        def work(step: int = step) -> None:
            die_at_event(step)
            write(folder, NEW)

        if wait(in_child(work)) == 0:
            break
        killed += 1
        for name in NAMES:
            assert read_tree(folder / name) in (OLD, NEW)
            assert (folder / name / "provenance.json").is_file()
        write(folder, NEW)
        assert all(read_tree(folder / name) == NEW for name in NAMES) and hidden(folder) == []
    assert killed > 80


def test_no_other_process_writes_meanwhile(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    with alone_in(folder), pytest.raises(BlockingIOError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(fd)
