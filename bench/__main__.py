"""All that docs/performance.md tells, measured now, as Markdown.

    python -m bench [--runs N] [--projects N] [--only NAME]...

`make bench` runs it. Less than ten minutes; how often each figure was measured stands beside it.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from typing import NamedTuple

from bench import cold_start, growth, rivals, scale, stages
from bench.measure import rows_table


class Asked(NamedTuple):
    projects: int
    runs: int


def _starts(asked: Asked) -> str:
    found = rows_table(cold_start.rows(asked.runs))
    return f"CPU time of whole processes, as multiples of bare python.\n\n{found}"


def _scale(asked: Asked) -> str:
    found, what = scale.rows(asked.projects, asked.runs)
    return f"Whole processes; {what}.\n\n{rows_table(found)}"


def _stages(asked: Asked) -> str:
    return stages.profile_table(max(asked.projects // 10, 10))


def _growth(asked: Asked) -> str:
    return growth.growth_tables()


def _rivals(asked: Asked) -> str:
    return rivals.rivals_table(asked.runs)


SECTIONS: dict[str, tuple[str, Callable[[Asked], str]]] = {
    "starts": ("One project", _starts),
    "scale": ("Many projects", _scale),
    "stages": ("Where the time goes", _stages),
    "growth": ("One project that grows", _growth),
    "rivals": ("Beside helm and kubectl", _rivals),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="NAME")
    wanted = parser.parse_args()
    asked = Asked(wanted.projects, wanted.runs)
    cores = len(os.sched_getaffinity(0))
    python = f"Python {platform.python_version()}, {platform.machine()}, {cores} cores"
    print(f"{python}, load {_load()} at the start.", flush=True)
    start = time.perf_counter()
    for name, (title, section) in SECTIONS.items():
        if not wanted.only or name in wanted.only:
            print(f"\n## {title}\n\n{section(asked)}", flush=True)
    seconds = time.perf_counter() - start
    print(f"\nMeasured in {seconds / 60:.0f} minutes; load {_load()} at the end.")


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
