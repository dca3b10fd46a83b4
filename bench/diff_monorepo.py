"""diff and verify --since of a monorepo of which one project changed, beside rendering that one.

    python bench/diff_monorepo.py [--projects N] [--runs N]

Whole processes in a temporary Git repository; CPU time of the process and its children (Git), the
median of N runs taken in turn. Git's own time is that of the commands that are asked of it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
MLSPEC = str(Path(sys.executable).with_name("mlspec"))
GIT = (
    ["git", "rev-parse", "HEAD"],
    ["git", "symbolic-ref", "--short", "HEAD"],
    ["git", "ls-tree", "-r", "-z", "HEAD"],
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    ["git", "diff", "-z", "--name-only", "HEAD"],
    ["git", "ls-files", "-z", "--others", "--exclude-standard"],
)


def cpu(command: list[str], folder: Path) -> float:
    """CPU milliseconds of a process and of those that it waited for."""
    before = os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True)
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode()}")
    spent = after.children_user + after.children_system
    return (spent - before.children_user - before.children_system) * 1000


def monorepo(folder: Path, count: int) -> None:
    """N copies of the example, rendered and committed; then one of them changes."""
    source = ROOT / "projects" / "example"
    text = (source / "project.yaml").read_text(encoding="utf-8")
    shutil.copy(ROOT / "projects" / "platform.yaml", folder / "platform.yaml")
    for number in range(count):
        place = folder / "projects" / f"p{number}"
        place.mkdir(parents=True)
        renamed = text.replace("name: wine-quality\n", f"name: wine-{number}\n")
        renamed = renamed.replace("host: wine.", f"host: wine-{number}.")
        (place / "project.yaml").write_text(renamed, encoding="utf-8")
        shutil.copy(source / "mlspec.lock", place)
    subprocess.run([MLSPEC, "render"], cwd=folder, check=True, capture_output=True)
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-qm", "base"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    changed = folder / "projects" / "p7" / "project.yaml"
    text = changed.read_text(encoding="utf-8").replace("weight: 10", "weight: 25")
    changed.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--runs", type=int, default=7)
    wanted = parser.parse_args()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        monorepo(folder, wanted.projects)
        for run in range(-1, wanted.runs):
            commands = {
                "render of the one": [MLSPEC, "render", "projects/p7", "-o", f"../out{run}"],
                "diff": [MLSPEC, "diff"],
                "verify --since": [MLSPEC, "verify", "--since", "HEAD"],
            }
            spent = {name: cpu(words, folder) for name, words in commands.items()}
            spent["Git's own time"] = sum(cpu(list(words), folder) for words in GIT)
            shutil.rmtree(folder.parent / f"out{run}", ignore_errors=True)
            for name, milliseconds in spent.items() if run >= 0 else ():
                found.setdefault(name, []).append(milliseconds)
    middle = {name: statistics.median(values) for name, values in found.items()}
    budget = 2 * middle["render of the one"] + middle["Git's own time"]
    print(f"{wanted.projects} projects, one changed; CPU ms, median of {wanted.runs}")
    for name, value in middle.items():
        print(f"  {name:20} {value:7.0f}")
    print(f"  {'budget':20} {budget:7.0f}   twice the render, and Git")


if __name__ == "__main__":
    main()
