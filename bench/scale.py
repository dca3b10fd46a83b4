"""What many projects cost: whole processes over a generated monorepo.

    python -m bench.scale [--projects N] [--runs N]

- each further project: the CPU of N projects less that of a tenth of them, by the projects between;
  one core, one environment, a fresh output folder, without and with a warm cache
- N projects in two environments, wall, on all cores
- one project changed out of N, wall, rendered over what was there
- the peak of memory, sampled while N projects render (`bench/memory.py`)
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.measure import (
    MLSPEC,
    Figure,
    Row,
    Spent,
    emptied,
    figure,
    has_option,
    in_turn,
    jobs,
    rows_table,
    spend,
    wall,
    workplace,
)
from bench.memory import Peak, peak
from bench.monorepo import write

COMMANDS = ("render", "validate")
STATES = {"cold": "cold", "warm": "again, nothing changed"}


class Monorepo:
    """A generated one in a folder, with caches and outputs beside it."""

    def __init__(self, folder: Path, projects: int, environments: int) -> None:
        self.root = folder / f"{projects}x{environments}"
        self.places = write(self.root / "repo", projects, environments)

    def run(self, command: str, output: str, cache: str, processes: int | None = None) -> Spent:
        return spend(
            (MLSPEC, *self.words(command, output, processes)),
            self.root / "repo",
            cache=self.root / cache,
        )

    def words(self, command: str, output: str, processes: int | None = None) -> list[str]:
        where = ["-o", str(self.root / output)] if command == "render" else []
        return [command, ".", *jobs(command, processes), *where]

    def cold(self, command: str, processes: int | None = None) -> Spent:
        """With neither a cache nor an output."""
        self._without_output(command)
        emptied(self.root / "no-cache")
        return self.run(command, "fresh", "no-cache", processes)

    def warm(self, command: str, processes: int | None = None) -> Spent:
        """With what an earlier run kept, and the output that it made."""
        return self.run(command, "generated", "cache", processes)

    def _without_output(self, command: str) -> None:
        if command == "render":
            emptied(self.root / "fresh")

    def manifests(self) -> float:
        """How many a project has, after a fresh rendering."""
        return sum(1 for _ in (self.root / "fresh").rglob("*.yaml")) / len(self.places)


def slopes(folder: Path, projects: int, runs: int) -> tuple[list[Row], str]:
    """CPU milliseconds of each further project, and what was measured in words."""
    few, many = Monorepo(folder, projects // 10, 1), Monorepo(folder, projects, 1)
    has_cache = has_option("render", "--no-cache")
    work: dict[str, Callable[[], Spent]] = {}
    for command in COMMANDS:
        for repo in (few, many):
            work[f"{command} cold {len(repo.places)}"] = _bound(repo.cold, command)
            if has_cache:
                repo.run(command, "generated", "cache", 1)
                work[f"{command} warm {len(repo.places)}"] = _bound(repo.warm, command)
    spent = in_turn(work, runs, seconds=120)
    found = []
    for command in COMMANDS:
        for state in ("cold", "warm") if has_cache else ("cold",):
            slope = _slope(
                spent[f"{command} {state} {len(few.places)}"],
                spent[f"{command} {state} {len(many.places)}"],
                len(many.places) - len(few.places),
            )
            what = f"`{command}`, each further project, " + STATES[state]
            found.append(Row(what, slope, " ms", 4, 2))
    said = f"{many.manifests():.1f} manifests a project in one environment"
    return found, f"N = {len(few.places)} to {projects}, {said}"


def _bound(once: Callable[[str, int], Spent], command: str) -> Callable[[], Spent]:
    return lambda: once(command, 1)


def _slope(few: Sequence[Spent], many: Sequence[Spent], between: int) -> Figure:
    """Of each turn, so that the spread is that of the slope."""
    pairs = zip(few, many, strict=True)
    return figure((large.cpu_ms - small.cpu_ms) / between for small, large in pairs)


def all_cores(folder: Path, projects: int, runs: int) -> list[Row]:
    repo = Monorepo(folder, projects, 2)
    spent = in_turn({"cold": lambda: repo.cold("render")}, runs, seconds=90)
    what = f"{projects} projects x 2 environments, all cores"
    row = Row(f"`render`, {what}, wall", wall(spent["cold"]) / 1000, " s", 6, 3)
    return [row, *_on_disk(what, projects), *memory_rows(what, repo_peak(repo))]


def _on_disk(what: str, projects: int) -> list[Row]:
    """Once: it is slow where the disk is."""
    with workplace(on_disk=True) as folder:
        once = Monorepo(folder, projects, 2).cold("render")
    return [Row(f"`render`, {what}, wall, onto the disk", wall([once]) / 1000, " s")]


def one_changed(folder: Path, projects: int, runs: int) -> list[Row]:
    """Another project at each run; the text that changes is in the manifests, too."""
    repo = Monorepo(folder, projects, 1)
    repo.run("render", "generated", "cache")
    left = iter(repo.places)

    def change() -> Spent:
        file = next(left) / "project.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("owners: [", "owners: [new@example.com, "), encoding="utf-8")
        return repo.run("render", "generated", "cache")

    def again() -> Spent:
        return repo.run("render", "generated", "cache")

    spent = in_turn({"changed": change, "again": again}, runs, seconds=60)
    return [
        Row(f"`render`, one of {projects} changed, wall", wall(spent["changed"]) / 1000, " s",
            0.6, 0.25),
        Row(f"`render`, none of {projects} changed, wall", wall(spent["again"]) / 1000, " s"),
    ]  # fmt: skip


def repo_peak(repo: Monorepo, processes: int | None = None) -> Peak:
    emptied(repo.root / "fresh")
    emptied(repo.root / "no-cache")
    command = (MLSPEC, *repo.words("render", "fresh", processes))
    return peak(command, repo.root / "repo", repo.root / "no-cache")


def memory_rows(what: str, found: Peak) -> list[Row]:
    together = figure([found.together_mib])
    largest = figure([found.largest_mib])
    return [
        Row(f"peak memory, {what}, all processes", together, " MiB", 200, 120),
        Row(f"peak memory, {what}, the largest process", largest, " MiB", 200, 120),
    ]


def memory(folder: Path, projects: int) -> list[Row]:
    repo = Monorepo(folder, projects, 1)
    return memory_rows(f"{projects} projects, one core", repo_peak(repo, 1))


def rows(projects: int = 1000, runs: int = 9) -> tuple[list[Row], str]:
    with workplace() as folder:
        found, what = slopes(folder, projects, runs)
    for measure in (all_cores, one_changed):
        with workplace() as folder:
            found += measure(folder, projects, runs)
    with workplace() as folder:
        return [*found, *memory(folder, projects)], what


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=9)
    wanted = parser.parse_args()
    found, what = rows(wanted.projects, wanted.runs)
    print(f"{what}\n\n{rows_table(found)}")


if __name__ == "__main__":
    main()
