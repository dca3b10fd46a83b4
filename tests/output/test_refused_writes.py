"""When a tree cannot be written: one clear error, the tree as it was, and nothing left behind.

The failing system calls are injected at the boundary (`os`), as the names of these tests say.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from mlspec.output import staging, swap
from mlspec.output.tree import OutputError, write_tree
from tests.output.trees import fingerprint, hidden, read_tree

FILES = {"dev/a.yaml": b"a", "dev/b.yaml": b"b", "prod/c.yaml": b"c"}
NEW = {"dev/a.yaml": b"new", "dev/b.yaml": b"b", "test/d.yaml": b"d"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "generated" / "churn"
    write_tree(root, FILES)
    (root / "dev" / "notes.md").write_text("mine")
    return root


def refused(root: Path, files: dict[str, bytes], **options: Any) -> OutputError:
    before = fingerprint(root.parent)
    with pytest.raises(OutputError) as caught:
        write_tree(root, files, **options)
    assert str(caught.value).startswith(f"cannot write {root}: ") and caught.value.root == root
    # The folder above has seen the staging come and go; the tree itself is untouched.
    after = fingerprint(root.parent)
    assert {p: s for p, s in after.items() if p != str(root.parent)} == {
        p: s for p, s in before.items() if p != str(root.parent)
    }
    return caught.value


WORDS = {
    errno.ENOSPC: "no space is left on the device",
    errno.EACCES: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.EIO: os.strerror(errno.EIO).lower(),
}


@pytest.mark.parametrize("code", WORDS, ids=errno.errorcode.get)
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("call", ["mkdir", "link", "fchmod", "fsync", "chmod", "open", "rename"])
def test_injected_failure_of_an_os_call(
    root: Path, monkeypatch: pytest.MonkeyPatch, call: str, nth: int, code: int
) -> None:
    real = getattr(os, call)
    calls = 0

    def failing(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        # Only what concerns the new tree: the old one is read, and the lock taken, by `open` too.
        if calls == nth and (call == "fsync" or "mlspec-" in f"{arguments}" or call == "fchmod"):
            raise OSError(code, os.strerror(code), "a-file")
        return real(*arguments, **options)

    monkeypatch.setattr(os, call, failing)
    before = read_tree(root)
    try:
        write_tree(root, NEW)
    except OutputError as err:
        assert f"{WORDS[code]} (a-file)" in str(err)
        assert read_tree(root) == before
    else:  # this call is not made so often, or what failed was not needed
        assert read_tree(root) == {**NEW, "dev/notes.md": b"mine"}
    assert hidden(root.parent) == []


@pytest.mark.parametrize("step", ["_write_file", "_take_over", "_sync", "_settle_folder"])
def test_injected_enospc_while_staging(
    root: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (root / "mine").mkdir()  # to be given its mode and times
    monkeypatch.setattr(staging, step, full)
    assert "no space is left" in refused(root, NEW).reason
    assert hidden(root.parent) == []


def test_injected_enospc_in_a_first_write_leaves_no_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no space is left on the device"):
        write_tree(tmp_path / "churn", FILES)
    assert list(tmp_path.iterdir()) == []


def test_injected_failure_of_the_exchange(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(other))

    monkeypatch.setattr(swap, "_exchange", busy)
    assert "busy" in refused(root, NEW).reason
    assert hidden(root.parent) == []


@pytest.mark.parametrize("nth", [2, 3])
def test_injected_failure_of_the_renames_where_there_is_no_exchange(
    root: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """The finished tree is renamed first, then the old one moved away, then the new moved in."""
    rename, calls = Path.rename, 0

    def failing(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return rename(path, target)

    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", failing)
    assert "permission denied" in refused(root, NEW).reason
    assert hidden(root.parent) == []


def test_injected_failure_to_remove_the_old_tree_is_left_to_the_next_run(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def denied(path: Path) -> None:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))

        patch.setattr(swap, "remove", denied)
        write_tree(root, NEW)
    assert read_tree(root) == {**NEW, "dev/notes.md": b"mine"} and hidden(root.parent)
    assert not write_tree(root, NEW)
    assert hidden(root.parent) == []


def test_an_interrupt_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(staging, "_sync", interrupt)
    before = fingerprint(root)
    with pytest.raises(KeyboardInterrupt):
        write_tree(root, NEW)
    assert fingerprint(root) == before and hidden(root.parent) == []


@pytest.mark.parametrize(
    ("make", "path", "named"),
    [
        pytest.param(lambda p: p.write_text("mine"), "dev/x.yaml", "dev/x.yaml", id="file"),
        pytest.param(lambda p: p.symlink_to("a.yaml"), "dev/x.yaml", "dev/x.yaml", id="link"),
        pytest.param(lambda p: p.mkdir(), "dev/x.yaml", "dev/x.yaml", id="empty-folder"),
        pytest.param(
            lambda p: (p.mkdir(), (p / "f").touch()), "dev/x.yaml", "dev/x.yaml/f", id="folder"
        ),
        pytest.param(lambda p: p.write_text("mine"), "dev/x.yaml/y", "dev/x.yaml", id="parent"),
        pytest.param(lambda p: p.symlink_to("."), "dev/x.yaml/y", "dev/x.yaml", id="parent-link"),
    ],
)
def test_a_foreign_thing_is_in_the_way(root: Path, make: Any, path: str, named: str) -> None:
    make(root / "dev" / "x.yaml")
    err = refused(root, {**NEW, path: b"ours"})
    assert f"mlspec did not write {named} and will not overwrite it" in err.reason


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_without_an_inventory_other_files_are_not_overwritten(root: Path, state: str) -> None:
    (root / "provenance.json").unlink()
    if state == "damaged":
        (root / "provenance.json").write_text("<<<<<<< HEAD\n")
    err = refused(root, NEW)
    assert f"provenance.json is {state}" in err.reason and "dev/a.yaml" in err.reason
    assert "run `mlspec render --force`" in err.help


def test_every_file_in_the_way_is_named_at_once(root: Path) -> None:
    (root / "dev" / "x").touch()
    (root / "dev" / "y").touch()
    assert "dev/x, dev/y" in refused(root, {"dev/x": b"1", "dev/y": b"1"}).reason


@pytest.mark.parametrize(
    "path",
    [
        *("", "/etc/x", "../x", "dev/../../x", "dev//x", "./x", "dev/.", "dev/"),
        *("a\0b", "\ud800", "provenance.json"),
    ],
    ids=ascii,
)
def test_a_path_that_leaves_the_tree(root: Path, path: str) -> None:
    assert "is not a path" in refused(root, {path: b""}).reason


def test_a_path_below_another_file(root: Path) -> None:
    assert (
        "dev/a would be a file and a folder" in refused(root, {"dev/a": b"", "dev/a/b": b""}).reason
    )


def test_a_root_that_is_a_link(root: Path, tmp_path: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(tmp_path)
    assert "symbolic link" in refused(link, NEW).reason


def test_a_root_that_is_a_file(root: Path) -> None:
    (root.parent / "file").touch()
    assert "it is a file" in refused(root.parent / "file", NEW).reason


def test_a_parent_that_is_a_file(root: Path) -> None:
    (root.parent / "file").touch()
    with pytest.raises(OutputError, match=r"not a directory|file exists"):
        write_tree(root.parent / "file" / "churn", NEW)


@pytest.mark.parametrize("path", [Path("/"), Path(".."), Path()], ids=str)
def test_a_root_without_a_name(path: Path) -> None:
    with pytest.raises(OutputError, match="not the name of a folder"):
        write_tree(path, NEW)


def test_a_file_out_of_scope_is_a_mistake_of_the_caller(root: Path) -> None:
    with pytest.raises(ValueError, match=r"dev/a\.yaml is outside of the scopes \['prod'\]"):
        write_tree(root, NEW, scopes=["prod"])


def test_an_inventory_that_names_files_elsewhere_harms_nothing(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("outside")
    file = root / "provenance.json"
    file.write_text(file.read_text().replace("prod/c.yaml", "../../outside"))
    assert "is not below the tree" in refused(root, NEW).reason
    assert outside.read_text() == "outside"
