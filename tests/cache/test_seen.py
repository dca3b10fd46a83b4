"""A tree is known only while nothing in it was touched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlspec.cache.seen import is_seen, remember, stamp_of
from mlspec.cache.store import Store

LATER = 10**10
"""Nanoseconds, until when every file system's clock has moved on."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "generated" / "wine"
    (root / "dev" / "rbac").mkdir(parents=True)
    (root / "dev" / "rbac" / "role.yaml").write_bytes(b"kind: Role")
    (root / "provenance.json").write_bytes(b"{}")
    return root


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> int:
    now = time.time_ns() + LATER
    monkeypatch.setattr(time, "time_ns", lambda: now)
    return now


def test_an_untouched_tree_is_known(root: Path, store: Store, later: int) -> None:
    remember(store, root, "sha256:1", stamp_of(root))

    assert is_seen(store, root, "sha256:1", stamp_of(root))
    assert not is_seen(store, root, "sha256:2", stamp_of(root))


def _edit_in_place(root: Path) -> None:
    file = root / "dev" / "rbac" / "role.yaml"
    status = file.stat()
    file.write_bytes(b"kind: Evil")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "an edit of the same size with its old time": _edit_in_place,
    "a new file": lambda root: (root / "dev" / "more.yaml").touch(),
    "a file less": lambda root: (root / "dev" / "rbac" / "role.yaml").unlink(),
    "another name": lambda root: (root / "dev" / "rbac").rename(root / "dev" / "roles"),
    "another mode": lambda root: (root / "provenance.json").chmod(0o600),
    "an empty folder": lambda root: (root / "dev" / "empty").mkdir(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_touched_tree_is_not(
    change: Callable[[Path], object], root: Path, store: Store, later: int
) -> None:
    remember(store, root, "sha256:1", stamp_of(root))
    change(root)

    assert not is_seen(store, root, "sha256:1", stamp_of(root))


def test_a_copy_in_its_place_is_not(root: Path, store: Store, later: int) -> None:
    remember(store, root, "sha256:1", stamp_of(root))
    root.rename(root.with_name("old"))
    root.mkdir()

    assert not is_seen(store, root, "sha256:1", stamp_of(root))


def test_a_tree_that_changed_a_moment_ago_proves_nothing(root: Path, store: Store) -> None:
    assert stamp_of(root) is None
    remember(store, root, "sha256:1", stamp_of(root))

    assert not is_seen(store, root, "sha256:1", stamp_of(root))


def test_a_link_or_a_pipe_proves_nothing(root: Path, later: int) -> None:
    os.mkfifo(root / "pipe")
    assert stamp_of(root) is None
    (root / "pipe").unlink()
    (root / "link").symlink_to("provenance.json")
    assert stamp_of(root) is None


def test_a_tree_that_is_not_there_proves_nothing(tmp_path: Path) -> None:
    assert stamp_of(tmp_path / "nothing") is None
