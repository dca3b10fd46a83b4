"""How much CPU a cold start costs, as a multiple of the bare interpreter measured in the same run.

    python bench/cold_start.py [--runs N] [--check]

Whole processes, user and system time as the operating system accounts it, the median of N runs
taken in turn (bare, then each command, then bare again …) so that a drifting machine drifts for
all. `--check` exits with 1 when a budget is exceeded. Run it with the virtual environment's own
interpreter: a version manager's shim would be measured too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = str(ROOT / "projects" / "example")

# what → (arguments of mlspec, budget as a multiple of bare python)
COMMANDS: dict[str, tuple[list[str], float]] = {
    "mlspec --version": (["--version"], 4),
    "mlspec --help": (["--help"], 5),
    "mlspec validate": (["validate", EXAMPLE], 12),
    "mlspec render": (["render", EXAMPLE, "-o", "{fresh}"], 15),
    "mlspec verify": (["verify", EXAMPLE, "-o", str(ROOT / "generated")], 15),
}


def cpu_milliseconds(command: list[str]) -> float:
    """User and system time of one process, in milliseconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(runs: int) -> dict[str, list[float]]:
    """What → CPU milliseconds of each run; one run of each is made first and not counted."""
    mlspec = str(Path(sys.executable).with_name("mlspec"))
    found: dict[str, list[float]] = {"python -c pass": [], **{name: [] for name in COMMANDS}}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(-1, runs):
            commands = {"python -c pass": [sys.executable, "-c", "pass"]}
            for name, (arguments, _) in COMMANDS.items():
                fresh = f"{folder}/{run}"
                commands[name] = [mlspec, *(a.format(fresh=fresh) for a in arguments)]
            for name, command in commands.items():
                spent = cpu_milliseconds(command)
                if run >= 0:
                    found[name].append(spent)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = measure(options.runs)
    bare = statistics.median(found["python -c pass"])
    print(f"{'what':20} {'CPU ms (median)':>16} {'min':>7} {'x bare':>7} {'budget':>7}")
    over = False
    for name, spent in found.items():
        median = statistics.median(spent)
        budget = COMMANDS[name][1] if name in COMMANDS else None
        over = over or (budget is not None and median / bare > budget)
        shown = f"{budget:.0f}" if budget is not None else ""
        print(f"{name:20} {median:16.1f} {min(spent):7.1f} {median / bare:7.1f} {shown:>7}")
    if over and options.check:
        raise SystemExit("over budget")


if __name__ == "__main__":
    main()
