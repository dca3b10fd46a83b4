"""A digest of an inventory proves a tree, or nothing does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlspec.output.proof import is_proven
from mlspec.output.provenance import digest
from mlspec.output.tree import write_tree

FILES = {"dev/rbac/role.yaml": b"kind: Role\n", "prod/rbac/role.yaml": b"kind: Role\n"}
SYNCED = ("dev", "prod", "staging")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_tree(tmp_path / "wine", FILES)
    return tmp_path / "wine"


@pytest.fixture
def proof(root: Path) -> str:
    return digest((root / "provenance.json").read_bytes())


def test_a_tree_as_it_was_written_is_proven(root: Path, proof: str) -> None:
    assert is_proven(root, proof, SYNCED)
    assert not is_proven(root, digest(b"another"), SYNCED)


def test_what_is_not_synced_may_lie_beside_it(root: Path, proof: str) -> None:
    (root / "mine").mkdir()
    (root / "mine" / "a.yaml").touch()
    (root / "dev" / "notes.md").touch()
    (root / "dev" / "empty").mkdir()

    assert is_proven(root, proof, SYNCED)


def _replace_by_link(root: Path) -> None:
    file = root / "dev" / "rbac" / "role.yaml"
    file.unlink()
    file.symlink_to(root / "prod" / "rbac" / "role.yaml")


CHANGES: dict[str, Callable[[Path], object]] = {
    "another byte": lambda root: (root / "dev/rbac/role.yaml").write_bytes(b"kind: Rose\n"),
    "a file less": lambda root: (root / "dev/rbac/role.yaml").unlink(),
    "a file more": lambda root: (root / "dev/more.yaml").touch(),
    "a file more in an environment that it had": lambda root: write(root / "staging/old.yaml"),
    "a link to the same content": _replace_by_link,
    "a pipe": lambda root: os.mkfifo(root / "dev" / "pipe.yaml"),
    "another inventory": lambda root: (root / "provenance.json").write_bytes(b"{}"),
    "no inventory": lambda root: (root / "provenance.json").unlink(),
    "no tree": lambda root: root.rename(root.with_name("old")),
}


def write(file: Path) -> None:
    file.parent.mkdir()
    file.touch()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_any_other_tree_is_not(change: Callable[[Path], object], root: Path, proof: str) -> None:
    change(root)

    assert not is_proven(root, proof, SYNCED)


def test_a_link_to_a_proven_tree_is_not(root: Path, proof: str) -> None:
    (root.parent / "link").symlink_to(root)

    assert not is_proven(root.parent / "link", proof, SYNCED)
