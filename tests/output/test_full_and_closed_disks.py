"""Disks that are really full, folders that are really closed: the tree as it was, and a clear word.

Nothing is injected here. A small file system in memory is mounted where this process may do so (as
root, in a mount namespace of a child's own, which goes with the child); permissions are tried by a
child that is not root.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from mlspec.output.tree import OutputError, write_tree
from tests.output.trees import hidden, in_child, read_tree, wait

OLD = {f"dev/{n}.yaml": bytes([n]) * 3000 for n in range(20)}
NEW = {f"dev/{n}.yaml": bytes([n + 100]) * 5000 for n in range(10, 30)}
FOREIGN = {"dev/notes.md": b"mine", "mine/x.yaml": b"mine"}

_MS_RDONLY, _MS_REMOUNT, _MS_REC, _MS_PRIVATE = 1, 32, 16384, 1 << 18  # linux/mount.h
_CLONE_NEWNS = 0x20000  # linux/sched.h
_NOBODY = 65534

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become someone else")


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _own_mounts() -> None:
    _call("unshare", _CLONE_NEWNS)
    _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)


def _mount(place: Path, options: str) -> None:
    place.mkdir(exist_ok=True)
    _call("mount", b"tmpfs", os.fsencode(place), b"tmpfs", 0, options.encode())


@cache
def can_mount() -> bool:
    def work() -> None:
        _own_mounts()
        _call("mount", b"tmpfs", b"/tmp", b"tmpfs", 0, b"size=64k")

    return os.geteuid() == 0 and wait(in_child(work, quiet=True)) == 0


@pytest.fixture
def mounts() -> None:
    if not can_mount():
        pytest.skip("this process may not mount a file system")


def passes(work: Callable[[], object]) -> None:
    """Runs a piece of a test in a child, where mounts, limits and identity are its own."""
    assert wait(in_child(work)) == 0


def populate(root: Path) -> None:
    write_tree(root, OLD)
    for path, data in FOREIGN.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(data)


def assert_refused(root: Path, words: str, files: dict[str, bytes] = NEW) -> None:
    before = {**read_tree(root), "provenance.json": (root / "provenance.json").read_bytes()}
    with pytest.raises(OutputError) as caught:
        write_tree(root, files)
    assert words in caught.value.reason
    now = {**read_tree(root), "provenance.json": (root / "provenance.json").read_bytes()}
    assert now == before and hidden(root.parent) == []


def assert_heals(root: Path) -> None:
    write_tree(root, NEW)
    assert read_tree(root) == {**NEW, **FOREIGN} and hidden(root.parent) == []


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize("what", ["size", "nr_inodes"], ids=["no-space", "no-inodes"])
def test_a_full_disk_at_every_level(tmp_path: Path, what: str) -> None:
    """Filled to the last page, then with one page (or one inode) more left each time."""

    def work() -> None:
        _own_mounts()
        disk = tmp_path / "disk"
        _mount(disk, "size=4m" if what == "size" else "size=4m,nr_inodes=120")
        root = disk / "generated" / "churn"
        populate(root)
        refusals = 0
        for level in range(200):
            with _filled(disk, what, level):
                try:
                    assert_refused(root, "no space is left on the device")
                except pytest.fail.Exception:  # there was room enough for it
                    break
                refusals += 1
        assert refusals > 20
        assert_heals(root)

    passes(work)


class _filled:
    """A disk with room for so many pages, or inodes, and not for one more."""

    def __init__(self, disk: Path, what: str, left: int) -> None:
        self.disk, self.what, self.left = disk, what, left

    def __enter__(self) -> None:
        room = os.statvfs(self.disk)
        self.fillers = [self.disk / "filler"]
        if self.what == "nr_inodes":
            self.fillers = [self.disk / f"filler-{n}" for n in range(room.f_ffree - self.left)]
        for filler in self.fillers:
            filler.touch()
        if self.what == "size":
            with self.fillers[0].open("wb", buffering=0) as file:
                size = max((room.f_bavail - self.left) * room.f_bsize, 0)
                os.posix_fallocate(file.fileno(), 0, max(size, 1))

    def __exit__(self, *_: object) -> None:
        for filler in self.fillers:
            filler.unlink()


@pytest.mark.usefixtures("mounts")
def test_a_disk_that_is_full_at_the_first_write(tmp_path: Path) -> None:
    def work() -> None:
        _own_mounts()
        _mount(tmp_path / "disk", "size=40k")
        with pytest.raises(OutputError, match="no space is left on the device"):
            write_tree(tmp_path / "disk" / "generated" / "churn", OLD)
        assert hidden(tmp_path / "disk" / "generated") == []
        assert not (tmp_path / "disk" / "generated" / "churn").exists()

    passes(work)


@pytest.mark.usefixtures("mounts")
def test_a_read_only_disk(tmp_path: Path) -> None:
    def work() -> None:
        _own_mounts()
        disk = tmp_path / "disk"
        _mount(disk, "size=4m")
        root = disk / "generated" / "churn"
        populate(root)
        _call("mount", None, os.fsencode(disk), None, _MS_REMOUNT | _MS_RDONLY, None)
        assert_refused(root, "the file system is read-only")
        assert not write_tree(root, OLD)  # what is current needs no write
        _call("mount", None, os.fsencode(disk), None, _MS_REMOUNT, None)
        assert_heals(root)

    passes(work)


@pytest.mark.parametrize("limit", [0, 1, 4096, 4999])
def test_a_limit_on_the_size_of_files(tmp_path: Path, limit: int) -> None:
    root = tmp_path / "generated" / "churn"
    populate(root)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        assert_refused(root, "a file would be larger than this process may write")
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, resource.RLIM_INFINITY))
        assert_heals(root)

    passes(work)


def test_a_limit_on_open_files_is_no_matter(tmp_path: Path) -> None:
    root = tmp_path / "generated" / "churn"
    populate(root)

    def work() -> None:
        used = len(list(Path("/proc/self/fd").iterdir()))
        highest = max(int(fd.name) for fd in Path("/proc/self/fd").iterdir())
        limit = max(used, highest) + 4
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        assert_heals(root)

    passes(work)


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A tree of another user's, where that user may go: the folders of pytest are closed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = Path(folder) / "generated" / "churn"
        populate(root)
        for path in (root.parent, root, *root.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
        yield root


def as_nobody(work: Callable[[], object]) -> None:
    def drop() -> None:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        work()

    passes(drop)


@as_root
@pytest.mark.parametrize(
    ("path", "mode"),
    [
        pytest.param(".", 0o500, id="parent"),
        pytest.param("churn", 0o000, id="tree"),
        pytest.param("churn/dev", 0o000, id="folder-of-ours"),
        pytest.param("churn/mine", 0o000, id="foreign-folder"),
        pytest.param("churn/dev/10.yaml", 0o000, id="file-of-ours"),
        pytest.param("churn/provenance.json", 0o000, id="provenance"),
    ],
)
def test_a_closed_folder(nobodys: Path, path: str, mode: int) -> None:
    root = nobodys
    closed = root.parent / path
    before = closed.stat().st_mode
    closed.chmod(mode)

    def refused() -> None:
        # Even a file of the very same size has to be read, to see whether someone edited it.
        with pytest.raises(OutputError, match="permission denied"):
            write_tree(root, NEW)
        assert hidden(root.parent) == []

    as_nobody(refused)
    closed.chmod(before)
    assert read_tree(root) == {**OLD, **FOREIGN}
    as_nobody(lambda: assert_heals(root))


@as_root
def test_a_foreign_folder_of_another_user(nobodys: Path) -> None:
    """What a container that ran as root left: it can be read, and not be removed from its place."""
    root = nobodys
    for path in (root / "mine", root / "mine" / "x.yaml"):
        os.chown(path, 0, 0)

    def work() -> None:
        with pytest.raises(OutputError) as caught:
            write_tree(root, NEW)
        assert f"{root}/mine belongs to another user" in caught.value.reason
        assert f"chown -R $(id -u) {root}/mine" in caught.value.help

    as_nobody(work)
    assert read_tree(root) == {**OLD, **FOREIGN} and hidden(root.parent) == []
    os.chown(root / "mine", _NOBODY, _NOBODY)
    os.chown(root / "mine" / "x.yaml", _NOBODY, _NOBODY)
    as_nobody(lambda: assert_heals(root))


def test_every_real_error_has_plain_words() -> None:
    for code in (errno.EACCES, errno.EFBIG, errno.ENOSPC, errno.EROFS):
        reason = OutputError.from_os_error(Path("churn"), OSError(code, "RAW")).reason
        assert "raw" not in reason
