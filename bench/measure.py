"""What the measurements share: processes and what they cost, medians, tables in Markdown."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "projects" / "example"
MLSPEC = str(Path(sys.executable).with_name("mlspec"))
"""Beside the interpreter: a version manager's shim would be measured too."""
BARE = (sys.executable, "-c", "pass")
CACHE_VARIABLE = "MLSPEC_CACHE_DIR"


IN_MEMORY = Path("/dev/shm")


class Spent(NamedTuple):
    """What one process cost, with the children that it waited for."""

    cpu_ms: float
    """User and system time, as the operating system accounts it."""
    wall_ms: float
    peak_mib: float
    """The largest resident set of any one of the processes (ru_maxrss)."""


class Figure(NamedTuple):
    """One quantity, measured several times."""

    middle: float
    low: float
    high: float
    runs: int

    def __truediv__(self, by: float) -> Figure:
        return Figure(self.middle / by, self.low / by, self.high / by, self.runs)


class Row(NamedTuple):
    """A line of a table of figures, with what the figure must be and what it aims at."""

    what: str
    figure: Figure
    unit: str
    must: float | None = None
    aim: float | None = None


def spend(
    command: Sequence[str], folder: Path = ROOT, cache: Path | None = None, ok: Sequence[int] = (0,)
) -> Spent:
    """Runs a command to its end. `cache` is the folder that it may keep things in."""
    environment = {**os.environ, CACHE_VARIABLE: str(cache)} if cache else dict(os.environ)
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ok:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return Spent(cpu * 1000, wall * 1000, usage.ru_maxrss / 1024)


def in_turn(
    work: Mapping[str, Callable[[], Spent]], runs: int = 9, least: int = 3, seconds: float = 60
) -> dict[str, list[Spent]]:
    """What → each run of it. All are run in turn, so that a drifting machine drifts for all.

    The first turn is not counted, unless it is a long one. After `seconds` no further turn begins,
    once there are the `least`.
    """
    start = time.perf_counter()
    first = {what: [once()] for what, once in work.items()}
    is_long = (time.perf_counter() - start) * least > seconds
    found = first if is_long else {what: [] for what in work}
    for turn in range(int(is_long), runs):
        if turn >= least and time.perf_counter() - start > seconds:
            break
        for what, once in work.items():
            found[what].append(once())
    return found


def with_bare(
    work: Mapping[str, Callable[[], Spent]], runs: int = 9
) -> tuple[dict[str, list[Spent]], list[float]]:
    """What → each run of it, and the CPU milliseconds of bare python in each turn: the middle of
    as many runs as there are others, each before one of them, since a busy machine is slower by
    half from one second to the next."""
    mixed: dict[str, Callable[[], Spent]] = {}
    for what, once in work.items():
        mixed[f"bare before {what}"] = lambda: spend(BARE)
        mixed[what] = once
    spent = in_turn(mixed, runs)
    bares = zip(*(spent[f"bare before {what}"] for what in work), strict=True)
    units = [statistics.median(each.cpu_ms for each in turn) for turn in bares]
    return {what: spent[what] for what in work}, units


def ratio(spent: Iterable[Spent], units: Iterable[float]) -> Figure:
    """The CPU of each turn as a multiple of bare python in that turn."""
    return figure(each.cpu_ms / unit for each, unit in zip(spent, units, strict=True))


def figure(values: Iterable[float]) -> Figure:
    found = list(values)
    return Figure(statistics.median(found), min(found), max(found), len(found))


def cpu(spent: Iterable[Spent]) -> Figure:
    return figure(each.cpu_ms for each in spent)


def wall(spent: Iterable[Spent]) -> Figure:
    return figure(each.wall_ms for each in spent)


@cache
def has_option(command: str, option: str) -> bool:
    """Whether this mlspec has the option: the same measurements run on older ones, too."""
    help = subprocess.run([MLSPEC, command, "--help"], capture_output=True, text=True, check=True)
    return option in help.stdout


def jobs(command: str, count: int | None = None) -> list[str]:
    """The option for so many processes, or for as many as there are cores."""
    wanted = str(count or len(os.sched_getaffinity(0)))
    return ["--jobs", wanted] if has_option(command, "--jobs") else []


@contextmanager
def workplace(*, on_disk: bool = False) -> Iterator[Path]:
    """A temporary folder; in memory where the system has such a place, since what a disk takes to
    keep thousands of files for good says more about the disk and its other users than about us."""
    place = None if on_disk or not os.access(IN_MEMORY, os.W_OK) else IN_MEMORY
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as folder:
        yield Path(folder)


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """In Markdown; all columns but the first are figures."""
    cells = [list(head), *([str(cell) for cell in line] for line in lines)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    padded = [
        [
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(each)
        ]
        for each in (list(zip(line, widths, strict=True)) for line in (cells[0], rule, *cells[1:]))
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def rows_table(rows: Iterable[Row]) -> str:
    """The median, the spread and the number of runs, beside what is asked."""
    head = ("what", "median", "min to max", "runs", "must reach", "aim", "")
    return table(head, (_line(row) for row in rows))


def _line(row: Row) -> tuple[str, ...]:
    found = row.figure
    spread = f"{shown(found.low)} to {shown(found.high)}"
    asked = [f"{shown(each)}{row.unit}" if each is not None else "" for each in (row.must, row.aim)]
    median = f"{shown(found.middle)}{row.unit}"
    return (row.what, median, spread, str(found.runs), *asked, verdict(row))


def verdict(row: Row) -> str:
    if row.must is None:
        return ""
    if row.aim is not None and row.figure.middle <= row.aim:
        return "aim reached"
    return "reached" if row.figure.middle <= row.must else "MISSED"


def shown(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
