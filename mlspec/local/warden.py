"""A process beside the runner that outlives it, and ends what it would leave behind.

    python -I -S warden.py RUN SCRATCH

The runner holds the other end of our standard input. When that closes, however the runner ended
(`kill -9` included), the process groups that it has told of are killed, then whatever still carries
the run's name in its environment, and the run's scratch folder is removed. Stands alone and imports
little, so that it is there in no time; the runner does not wait for it.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress


def watch(run: str, scratch: str) -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        sign, number = line[0], int(line[1:])
        (groups.add if sign == "+" else groups.discard)(number)
    for group in groups:
        kill(-group)
    sweep(run)
    shutil.rmtree(scratch, ignore_errors=True)


def sweep(run: str) -> None:
    """Kills all processes of the run that have left their group, where /proc tells (Linux)."""
    for _ in range(10):  # one of them may have started another meanwhile
        found = processes_of(run)
        if not found:
            return
        for pid in found:
            kill(pid)


def processes_of(run: str) -> list[int]:
    """Those whose environment names the run; not those that have ended."""
    mark = f"MLSPEC_RUN={run}".encode()
    found = []
    try:
        names = os.listdir("/proc")  # noqa: PTH208 (pathlib alone would double its start)
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            try:
                with open(f"/proc/{name}/environ", "rb") as stream:  # noqa: PTH123
                    environ = stream.read()
            except OSError:  # gone, or another user's
                continue
            if mark in environ.split(b"\0"):
                found.append(int(name))
    return found


def kill(pid: int) -> None:
    """A process, or a group if negative."""
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    watch(*sys.argv[1:])
