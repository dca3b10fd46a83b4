"""Killed at any moment, the tree is the old one or the new one, and the next run heals it."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from mlspec.output import swap
from mlspec.output.tree import write_tree
from tests.output.trees import die_at_event, hidden, in_child, read_tree, wait

A = {"dev/a.yaml": b"A" * 9000, "dev/same.yaml": b"same", "prod/only-in-a.yaml": b"A"}
B = {"dev/a.yaml": b"B" * 100, "dev/same.yaml": b"same", "test/only-in-b.yaml": b"B"}
FOREIGN = {"dev/notes.md": b"mine", "mine/deep/x.yaml": b"mine", "link": b"dev/notes.md"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "generated" / "churn"
    write_tree(root, A)
    (root / "mine" / "deep").mkdir(parents=True)
    (root / "mine" / "empty").mkdir()
    (root / "dev" / "notes.md").write_bytes(b"mine")
    (root / "mine" / "deep" / "x.yaml").write_bytes(b"mine")
    (root / "link").symlink_to("dev/notes.md")
    return root


def assert_old_or_new(root: Path) -> None:
    assert read_tree(root) in ({**A, **FOREIGN}, {**B, **FOREIGN})
    assert (root / "provenance.json").is_file() and (root / "mine" / "empty").is_dir()


def assert_heals(root: Path) -> None:
    for files in (A, B, B):
        write_tree(root, files)
        assert read_tree(root) == {**files, **FOREIGN}
        assert hidden(root.parent) == []


@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "two-renames"])
def test_killed_before_each_single_step(
    root: Path, can_exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    killed = gaps = 0
    for step in range(1, 1000):
        write_tree(root, A)

        def work(step: int = step) -> None:
            die_at_event(step)
            write_tree(root, B)

        if wait(in_child(work)) == 0:
            break
        killed += 1
        if not root.exists():
            gaps += 1
            with swap.locked(root.parent):
                swap.heal(root)
        assert_old_or_new(root)
        assert_heals(root)
    assert killed > 40
    # Without an exchange there is one moment at which the tree has no name; it is still whole.
    assert gaps == (0 if can_exchange else 1)


def test_first_write_killed_before_each_single_step(tmp_path: Path) -> None:
    for step in range(1, 1000):
        root = tmp_path / str(step) / "churn"

        def work(step: int = step, root: Path = root) -> None:
            die_at_event(step)
            write_tree(root, A)

        code = wait(in_child(work))
        assert not root.exists() or read_tree(root) == A
        write_tree(root, A)
        assert read_tree(root) == A and hidden(root.parent) == []
        if code == 0:
            return
    pytest.fail("the writer never came to its end")


def test_killed_at_random_moments(root: Path) -> None:
    chance = random.Random(7)

    def work(report: int) -> None:
        while True:
            for files in (B, A):
                write_tree(root, files)
                os.write(report, b".")

    for _ in range(50):
        read_end, write_end = os.pipe()
        child = in_child(lambda report=write_end: work(report))  # type: ignore[misc]
        os.close(write_end)
        for _ in range(chance.randint(1, 4)):
            assert os.read(read_end, 1) == b"."
        for _ in range(chance.randint(0, 60_000)):  # somewhere within the next write
            pass
        os.kill(child, signal.SIGKILL)
        assert wait(child) == -signal.SIGKILL
        os.close(read_end)
        assert_old_or_new(root)
        if chance.random() < 0.5:  # otherwise the next child is the one to heal it
            assert_heals(root)
    assert_heals(root)


def test_a_foreign_file_made_between_the_staging_and_the_swap_is_brought_over(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = swap._exchange

    def late(one: Path, other: Path) -> bool:
        (root / "dev" / "late.txt").write_bytes(b"late")
        (root / "dev" / "saved").write_bytes(b"newer")  # as an editor saves: a new file, renamed
        (root / "dev" / "saved").replace(root / "dev" / "notes.md")
        return exchange(one, other)

    monkeypatch.setattr(swap, "_exchange", late)
    write_tree(root, B)
    assert read_tree(root) == {**B, **FOREIGN, "dev/late.txt": b"late", "dev/notes.md": b"newer"}
    assert hidden(root.parent) == []


def test_a_foreign_file_made_before_the_swap_survives_a_kill_after_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = swap._exchange

    def late(one: Path, other: Path) -> bool:
        (root / "dev" / "late.txt").write_bytes(b"late")
        exchange(one, other)
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    with monkeypatch.context() as patch:
        patch.setattr(swap, "_exchange", late)
        assert wait(in_child(lambda: write_tree(root, B))) == -signal.SIGKILL
    assert hidden(root.parent) == [".churn.mlspec-swap"]
    write_tree(root, B)
    assert read_tree(root) == {**B, **FOREIGN, "dev/late.txt": b"late"}
    assert hidden(root.parent) == []
