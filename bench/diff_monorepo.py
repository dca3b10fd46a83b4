"""diff and verify --since of a monorepo of which one project changed, beside rendering that one.

    python -m bench.diff_monorepo [--projects N] [--runs N]

Whole processes in a temporary Git repository; CPU time of the process and its children (Git), the
median of N runs taken in turn. Git's own time is that of the commands that are asked of it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.measure import MLSPEC, Row, Spent, cpu, in_turn, rows_table, spend, workplace
from bench.monorepo import write

GIT = (
    ["git", "rev-parse", "HEAD"],
    ["git", "symbolic-ref", "--short", "HEAD"],
    ["git", "ls-tree", "-r", "-z", "HEAD"],
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    ["git", "diff", "-z", "--name-only", "HEAD"],
    ["git", "ls-files", "-z", "--others", "--exclude-standard"],
)
RENDER, GITS = "render of the one", "Git's own time"


def monorepo(folder: Path, count: int) -> Path:
    """N projects, rendered and committed; then one of them changes. Returns that one."""
    changed = write(folder, count, 2)[count // 2]
    mlspec(folder, "render")
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-qm", "base"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    file = changed / "project.yaml"
    text = file.read_text(encoding="utf-8").replace("owners: [", "owners: [new@example.com, ")
    file.write_text(text, encoding="utf-8")
    return changed


def mlspec(folder: Path, *words: str) -> Spent:
    """Code 1 says that something differs."""
    return spend((MLSPEC, *words), folder, cache=folder.with_name("cache"), ok=(0, 1))


def work(folder: Path, changed: Path) -> dict[str, Callable[[], Spent]]:
    output = folder.with_name("out")

    def render() -> Spent:
        shutil.rmtree(output, ignore_errors=True)
        return mlspec(folder, "render", str(changed), "-o", str(output))

    def git() -> Spent:
        found = [spend(words, folder) for words in GIT]
        return Spent(sum(each.cpu_ms for each in found), sum(each.wall_ms for each in found), 0)

    return {
        RENDER: render,
        "diff": lambda: mlspec(folder, "diff"),
        "verify --since": lambda: mlspec(folder, "verify", "--since", "HEAD"),
        GITS: git,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--runs", type=int, default=7)
    wanted = parser.parse_args()
    with workplace() as folder:
        repo = folder / "repo"
        spent = in_turn(work(repo, monorepo(repo, wanted.projects)), wanted.runs)
    found = {what: cpu(each) for what, each in spent.items()}
    budget = 2 * found[RENDER].middle + found[GITS].middle
    print(f"{wanted.projects} projects, one changed; the budget is twice the render, and Git\n")
    rows = [
        Row(what, each, " ms", None if what in (RENDER, GITS) else budget)
        for what, each in found.items()
    ]
    print(rows_table(rows))


if __name__ == "__main__":
    main()
