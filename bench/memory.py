"""The peak of a command's memory, its children's included.

Memory that processes share after a fork must count once, so what is summed is the proportional set
size (Pss) of /proc/PID/smaps_rollup: each page divided by the processes that map it. It is sampled,
so a shorter peak can be missed; the resident set of the largest process is the kernel's own peak
(ru_maxrss) and misses nothing.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.measure import CACHE_VARIABLE

INTERVAL_SECONDS = 0.02


class Peak(NamedTuple):
    together_mib: float
    """The largest sum of Pss over all processes that a sample found."""
    largest_mib: float
    """The largest resident set of any one process."""


def peak(command: Sequence[str], folder: Path, cache: Path) -> Peak:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, CACHE_VARIABLE: str(cache)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    together = 0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        together = max(together, sum(map(_pss_kib, family(process.pid))))
        time.sleep(INTERVAL_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Peak(together / 1024, usage.ru_maxrss / 1024)


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended
        return
    for child in children:
        yield from family(int(child))


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
