"""`mlspec render` killed at any moment: the tree is the old or the new one, the next run heals it.

The command runs whole, from its arguments to its last line, in a forked child of this process,
which has imported what it needs.

    python -m tests.cli.test_killed_render --kills 500

kills as often as it is told to, and prints where the kills fell.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlspec.cli.app import app
from tests.cli.samples import PLATFORM, PROJECT, write
from tests.output.trees import die_at_event, hidden, in_child, read_tree, wait

ROOT = Path("generated/wine")
SPECS = {
    "A": PROJECT,
    # Some files change, some come, some go, and a whole environment goes.
    "B": PROJECT.split("  staging:")[0].replace("wine:1.0.0", "wine:1.1.0").replace("clean:", "a:"),
}
FOREIGN = {"notes.md": "mine", "dev/notes.md": "mine", "mine/deep/x.yaml": "a: 1\n"}

Tree = dict[str, bytes]


def snapshot() -> Tree:
    """All that the tree holds, to the byte, provenance.json included."""
    return {**read_tree(ROOT), "provenance.json": (ROOT / "provenance.json").read_bytes()}


def render() -> None:
    result = CliRunner().invoke(app, ["render"], prog_name="mlspec")
    assert result.exit_code == 0, result.output


def prepare(folder: Path, platform: str) -> dict[str, Tree]:
    """Goes into `folder`, and gives the trees of both specs. The one of A is there."""
    os.chdir(folder)
    write(folder, {"platform.yaml": platform})
    write(folder, {f"generated/wine/{name}": text for name, text in FOREIGN.items()})
    (ROOT / "dev" / "link").symlink_to("../notes.md")
    trees = {}
    for name in ("B", "A"):
        write(folder, {"wine/project.yaml": SPECS[name]})
        render()
        trees[name] = snapshot()
    foreign = {*FOREIGN, "dev/link"}
    assert trees["A"].keys() & trees["B"].keys() > foreign
    return trees


def the_command() -> None:
    """`mlspec render` as the console script calls it, with its output thrown away."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    app.main(["render"], prog_name="mlspec", standalone_mode=False)


BUILT_IN = PLATFORM.split("renderers:")[0]
"""A platform with no other renderers than those of mlspec itself."""


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Tree]:
    monkeypatch.chdir(tmp_path)  # and back again
    return prepare(tmp_path, BUILT_IN)


@pytest.fixture
def small_trees(rendering: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Tree]:
    """Of one renderer, which makes one file a step: each single step is soon gone through."""
    monkeypatch.chdir(rendering)
    return prepare(rendering, PLATFORM)


def test_killed_before_each_single_step_of_the_write(small_trees: dict[str, Tree]) -> None:
    """Each step from the lock on; before it nothing is written."""
    found: Counter[str] = Counter()
    for step in range(1, 2000):
        write(Path.cwd(), {"wine/project.yaml": SPECS["B"]})

        def work(step: int = step) -> None:
            os.umask(0o077)  # so that to set each mode is a step as well
            die_at_event(step, after="fcntl.flock")
            the_command()

        if (code := wait(in_child(work))) == 0:
            break
        assert code == -signal.SIGKILL
        now = snapshot()
        assert now in small_trees.values(), step
        found["old" if now == small_trees["A"] else "new"] += 1
        for name in ("B", "A") if step % 2 else ("A",):  # heals, whichever is rendered next
            write(Path.cwd(), {"wine/project.yaml": SPECS[name]})
            render()
            assert snapshot() == small_trees[name] and hidden(ROOT.parent) == []
    assert found["old"] > 40 and found["new"] > 20


def kill_at_random(trees: dict[str, Tree], kills: int, seed: int) -> Counter[str]:
    """Kills the command `kills` times, at moments drawn over the time that it takes.

    Says how many fell before the lock was taken, within the write, and after the command; and of
    those within the write, how many found the old and the new tree.
    """
    chance = random.Random(seed)
    duration = statistics.median(_seconds_of_one(trees, name) for name in "BABAB")
    counts: Counter[str] = Counter()
    here = "B"
    for number in range(kills):
        there = "A" if here == "B" else "B"
        write(Path.cwd(), {"wine/project.yaml": SPECS[there]})
        where = _kill_at(chance.uniform(0, duration))
        now = snapshot()
        assert now in (trees[here], trees[there]), f"kill {number}: neither old nor new"
        counts[where] += 1
        if where == "within":
            counts["new" if now == trees[there] else "old"] += 1
            counts["leftovers"] += bool(hidden(ROOT.parent))
        if chance.random() < 0.5:
            render()
            assert snapshot() == trees[there] and hidden(ROOT.parent) == []
            here = there
        else:  # the next child, itself to be killed, is the one to heal it
            here = there if now == trees[there] else here
    render()
    assert snapshot() == trees[there] and hidden(ROOT.parent) == []
    return counts


def _seconds_of_one(trees: dict[str, Tree], name: str) -> float:
    write(Path.cwd(), {"wine/project.yaml": SPECS[name]})
    start = time.perf_counter()
    assert wait(in_child(the_command)) == 0
    seconds = time.perf_counter() - start
    assert snapshot() == trees[name]
    return seconds


def _kill_at(moment: float) -> str:
    """Runs the command, and kills it after so many seconds. Says what it had come to."""
    read_end, write_end = os.pipe()

    def work() -> None:
        def tell(event: str, _: object) -> None:
            if event == "fcntl.flock":
                os.write(write_end, b"w")

        sys.addaudithook(tell)
        the_command()

    child = in_child(work)
    os.close(write_end)
    process = os.pidfd_open(child)
    # The timer's signal interrupts the wait for the child; nothing sleeps.
    before = signal.signal(
        signal.SIGALRM, lambda *_: signal.pidfd_send_signal(process, signal.SIGKILL)
    )
    signal.setitimer(signal.ITIMER_REAL, max(moment, 1e-6))
    try:
        os.waitid(os.P_PIDFD, process, os.WEXITED | os.WNOWAIT)
        signal.setitimer(signal.ITIMER_REAL, 0)
        code = wait(child)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        has_begun = os.read(read_end, 1) == b"w"
        os.close(read_end)
        os.close(process)
    assert code in (0, -signal.SIGKILL)
    return "after" if code == 0 else "within" if has_begun else "before"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="a child is killed by its pidfd (Linux)")
def test_killed_at_random_moments(
    trees: dict[str, Tree], record_property: Callable[[str, object], None]
) -> None:
    counts = kill_at_random(trees, kills=100, seed=11)
    record_property("kills", dict(counts))  # in the JUnit report
    assert counts["within"] >= 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = kill_at_random(prepare(Path(folder), BUILT_IN), options.kills, options.seed)
        os.chdir("/")
    print(
        f"{options.kills} kills (seed {options.seed}): {counts['before']} before the write, "
        f"{counts['within']} within ({counts['old']} found the old tree, {counts['new']} the new "
        f"one, {counts['leftovers']} had left something to heal), {counts['after']} after the end"
    )


if __name__ == "__main__":
    main()
