"""What write_tree makes of a tree: its files, what is foreign in it, modes, links, two at once."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlspec.output import provenance, staging
from mlspec.output.tree import Changes, Order, carry_out, write_tree
from tests.output.trees import fingerprint, hidden, in_child, read_tree, wait

FILES = {"dev/a.yaml": b"a", "dev/argo/b.yaml": b"b", "prod/c.yaml": b"c"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "generated" / "churn"


def inventory(root: Path) -> set[str]:
    return set(json.loads((root / "provenance.json").read_text())["files"])


def test_a_first_write(root: Path) -> None:
    changes = write_tree(root, FILES)
    assert changes.written == (*FILES, "provenance.json")
    assert read_tree(root) == FILES and inventory(root) == set(FILES)
    assert hidden(root.parent) == []


def test_an_inventory_that_is_made_already_is_not_made_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = {"project.yaml": "sha256:1"}
    write_tree(root, FILES, inputs=inputs)
    made = (root / "provenance.json").read_bytes()
    monkeypatch.setattr(provenance, "build", None)

    assert not carry_out(Order(root=root, files=FILES, inputs=inputs, inventory=made))
    carry_out(Order(root=root.with_name("other"), files=FILES, inputs=inputs, inventory=made))
    assert (root.with_name("other") / "provenance.json").read_bytes() == made


def test_changes_are_told_apart(root: Path) -> None:
    write_tree(root, FILES)
    new = {"dev/a.yaml": b"A", "dev/argo/b.yaml": b"b", "test/d.yaml": b"d"}
    assert write_tree(root, new) == Changes(
        written=("dev/a.yaml", "provenance.json", "test/d.yaml"),
        removed=("prod/c.yaml",),
        unchanged=("dev/argo/b.yaml",),
    )
    assert read_tree(root) == new
    assert not (root / "prod").exists()  # stale files go with the folders that they leave empty


def test_an_unchanged_tree_is_not_touched(root: Path) -> None:
    write_tree(root, FILES)
    (root / "dev" / "a.yaml").chmod(0o664)  # as Git checks it out under umask 002
    before = fingerprint(root.parent)
    changes = write_tree(root, FILES)
    assert not changes and changes.unchanged == (*FILES, "provenance.json")
    assert fingerprint(root.parent) == before


def test_an_unchanged_tree_needs_no_lock(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(root, FILES)
    monkeypatch.setattr(fcntl, "flock", lambda fd, how: pytest.fail("locks"))
    assert not write_tree(root, FILES)


def test_unchanged_files_of_a_changed_tree_keep_their_times(root: Path) -> None:
    write_tree(root, FILES)
    before = (root / "dev" / "a.yaml").stat()
    write_tree(root, {**FILES, "prod/c.yaml": b"other"})
    after = (root / "dev" / "a.yaml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_foreign_files_folders_and_links_stay_as_they_are(root: Path, tmp_path: Path) -> None:
    write_tree(root, FILES)
    outside = tmp_path / "outside.txt"
    outside.write_text("outside")
    (root / "prod" / "notes.md").write_text("mine")
    (root / "mine" / "closed").mkdir(parents=True)
    (root / "mine" / "run.sh").write_text("mine")
    (root / "mine" / "run.sh").chmod(0o751)
    (root / "mine" / "closed").chmod(0o500)
    (root / "mine").chmod(0o750)
    (root / "link").symlink_to(outside)
    (root / "dangling").symlink_to("nowhere")
    (root / "linked-folder").symlink_to(tmp_path)
    os.mkfifo(root / "mine" / "pipe")
    before = fingerprint(root / "mine")
    before.pop(str(root / "mine" / "closed")), before.pop(str(root / "mine"))
    write_tree(root, {"dev/a.yaml": b"new"})
    assert before.items() <= fingerprint(root / "mine").items()
    assert (root / "mine" / "closed").stat().st_mode & 0o7777 == 0o500
    assert (root / "mine").stat().st_mode & 0o7777 == 0o750
    assert (root / "link").readlink() == outside and outside.read_text() == "outside"
    assert (root / "dangling").readlink() == Path("nowhere")
    assert (root / "linked-folder").readlink() == tmp_path
    assert (root / "prod" / "notes.md").read_text() == "mine"
    assert not (root / "prod" / "c.yaml").exists() and hidden(root.parent) == []


def test_foreign_files_are_copied_where_links_fail_injected_eperm(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    write_tree(root, FILES)
    (root / "notes.md").write_text("mine")
    (root / "link").symlink_to("notes.md")
    before = (root / "notes.md").stat()
    monkeypatch.setattr(os, "link", refuse)
    write_tree(root, {"dev/a.yaml": b"new"})
    after = (root / "notes.md").stat()
    assert (root / "notes.md").read_text() == "mine" and (root / "link").is_symlink()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o077, 0o777], ids=oct)
def test_modes_do_not_depend_on_the_umask(root: Path, mask: int) -> None:
    old = os.umask(mask)
    try:
        write_tree(root, FILES)
        write_tree(root, {**FILES, "dev/more/e.yaml": b"e"})
    finally:
        os.umask(old)
    for path in (root.parent, root, *root.rglob("*")):
        assert path.stat().st_mode & 0o7777 == (0o755 if path.is_dir() else 0o644), path


def _as_a_group_shares_it(folder: Path) -> None:
    folder.chmod(0o2775)


def _with_an_access_list(folder: Path) -> None:
    """What is made in it is closed to others (acl(5): a version; then tag, rights, id of each)."""
    none = 0xFFFFFFFF
    entries = ((1, 7, none), (2, 7, 65534), (4, 0, none), (0x10, 7, none), (0x20, 0, none))
    data = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(folder, "system.posix_acl_default", data)
    except OSError as error:
        pytest.skip(f"no access lists here: {error}")


@pytest.mark.parametrize("hand_down", [_as_a_group_shares_it, _with_an_access_list])
def test_modes_do_not_depend_on_what_a_folder_hands_down(
    root: Path, hand_down: Callable[[Path], None]
) -> None:
    root.parent.mkdir()
    hand_down(root.parent)
    write_tree(root, FILES)
    write_tree(root, {**FILES, "dev/more/e.yaml": b"e"})
    for path in (root, *root.rglob("*")):
        assert path.stat().st_mode & 0o7777 == (0o755 if path.is_dir() else 0o644), path


def test_a_deleted_file_of_ours_is_written_anew(root: Path) -> None:
    write_tree(root, FILES)
    (root / "dev" / "a.yaml").unlink()
    assert write_tree(root, FILES).written == ("dev/a.yaml",)


def test_without_an_inventory_equal_files_are_taken_for_ours(root: Path) -> None:
    write_tree(root, FILES)
    (root / "provenance.json").unlink()
    assert write_tree(root, FILES).written == ("provenance.json",)
    assert inventory(root) == set(FILES)


def test_a_file_may_become_a_folder_and_a_folder_a_file(root: Path) -> None:
    write_tree(root, {"dev/a": b"1", "dev/b/c": b"2"})
    write_tree(root, {"dev/a/x": b"1", "dev/b": b"2"})
    assert read_tree(root) == {"dev/a/x": b"1", "dev/b": b"2"}


def test_one_environment_alone(root: Path) -> None:
    write_tree(root, FILES, inputs={"project.yaml": "sha256:1"})
    changes = write_tree(
        root, {"prod/d.yaml": b"d"}, inputs={"project.yaml": "sha256:2"}, scopes=["prod"]
    )
    assert changes.removed == ("prod/c.yaml",)
    kept = {"dev/a.yaml", "dev/argo/b.yaml"}
    assert set(read_tree(root)) == inventory(root) == {"prod/d.yaml", *kept}
    # A full render later still knows the carried files for ours, and removes them.
    assert set(write_tree(root, {}).removed) == {"prod/d.yaml", *kept}


def test_one_environment_alone_unchanged_is_not_touched(root: Path) -> None:
    write_tree(root, FILES, inputs={"a": "1"})
    before = fingerprint(root.parent)
    assert not write_tree(root, {"prod/c.yaml": b"c"}, inputs={"a": "1"}, scopes={"prod"})
    assert fingerprint(root.parent) == before


def test_two_writers_at_once_take_turns(root: Path) -> None:
    """While another process holds the lock, a writer waits; then its tree is whole."""
    write_tree(root, {"a": b"0"})
    children = []
    for number in range(6):
        files = {f"dev/{number}-{part}": str(number).encode() * 500 for part in range(12)}

        def work(files: dict[str, bytes] = files) -> None:
            for _ in range(4):
                write_tree(root, files)

        children.append(in_child(work))
    assert [wait(child) for child in children] == [0] * 6
    found = read_tree(root)
    assert len(found) == 12 and len({path[:5] for path in found}) == 1
    assert inventory(root) == set(found) and hidden(root.parent) == []


def test_a_writer_waits_for_the_lock(root: Path) -> None:
    write_tree(root, FILES)
    fd = os.open(root.parent, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)  # the child inherits it, so closing alone would not free it
    read_end, write_end = os.pipe()

    def work() -> None:
        flock = fcntl.flock

        def tell(locked: int, how: int) -> None:
            os.write(write_end, b"w")
            flock(locked, how)

        fcntl.flock = tell  # type: ignore[assignment]  # in the child alone
        write_tree(root, {"dev/a.yaml": b"later"})

    child = in_child(work)
    assert os.read(read_end, 1) == b"w"
    assert os.waitpid(child, os.WNOHANG) == (0, 0) and read_tree(root) == FILES
    fcntl.flock(fd, fcntl.LOCK_UN)
    assert wait(child) == 0 and read_tree(root) == {"dev/a.yaml": b"later"}
    for descriptor in (fd, read_end, write_end):
        os.close(descriptor)


def test_a_lock_file_where_folders_cannot_be_locked_injected_ebadf(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def only_files(fd: int, how: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{fd}"):  # noqa: PTH112  # a descriptor, not a path
            raise OSError(errno.EBADF, "not open for writing")
        flock(fd, how)

    monkeypatch.setattr(fcntl, "flock", only_files)
    write_tree(root, FILES)
    assert read_tree(root) == FILES and hidden(root.parent) == [".mlspec.lock"]


def test_new_files_and_folders_are_synced_before_the_swap(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(staging, "_sync", lambda path: synced.append(Path(path).name))
    write_tree(root, {"dev/a.yaml": b"a"})
    assert synced == ["a.yaml", "provenance.json", "dev", ".churn.mlspec-new"]


names = st.sampled_from(["dev/a", "dev/b", "dev/x/c", "prod/a", "prod/x/y/d", "e"])
trees = st.dictionaries(names, st.sampled_from([b"", b"1", b"2"]), max_size=6)
foreign = st.sampled_from(["dev/f", "prod/x/f", "f/g/h", "f2"])


@settings(max_examples=60)
@given(st.lists(st.tuples(trees, st.none() | foreign), max_size=6))
def test_any_sequence_of_trees(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[dict[str, bytes], str | None]]
) -> None:
    root = tmp_path_factory.mktemp("sequence") / "churn"
    mine: dict[str, bytes] = {}
    last: dict[str, bytes] = {}
    for files, extra in steps:
        changes = write_tree(root, files)
        assert read_tree(root) == {**files, **mine}
        assert set(changes.removed) == last.keys() - files.keys()
        assert {*changes.written, *changes.unchanged} == {*files, "provenance.json"}
        assert not write_tree(root, files) and inventory(root) == set(files)
        folders = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_dir()}
        needed = {str(p) for path in {**files, **mine} for p in Path(path).parents}
        assert folders == needed - {"."}
        if extra:
            (root / extra).parent.mkdir(parents=True, exist_ok=True)
            (root / extra).write_bytes(b"mine")
            mine[extra] = b"mine"
        last = files
    assert hidden(root.parent) == []
