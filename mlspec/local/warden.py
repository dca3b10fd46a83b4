"""A process beside the runner that outlives it, and ends what it would leave behind.

    python -I -S warden.py RUN SCRATCH

The runner holds the other end of our standard input. When that closes, however the runner ended
(`kill -9` included), the process groups that it has told of are killed, then whatever can be told
to be of the run, and the run's scratch folder is removed. Stands alone and imports little, so that
it is there in no time; the runner does not wait for it.
"""

import os
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
    clear(scratch)


def clear(scratch: str) -> None:
    """A runner that comes to its end leaves it empty. Otherwise all goes, read-only or not."""
    try:
        os.rmdir(scratch)  # noqa: PTH106
    except OSError:
        import pathlib
        import runpy

        own = pathlib.Path(__file__).with_name("files.py")
        runpy.run_path(str(own))["remove"](pathlib.Path(scratch))


def sweep(run: str) -> None:
    """Kills all processes of the run that have left their group, where /proc tells (Linux)."""
    for _ in range(10):  # one of them may have started another meanwhile
        found = processes_of(run)
        if not found:
            return
        for pid in found:
            kill(pid)


def processes_of(run: str) -> list[int]:
    """Those whose environment names the run, and those that print into one of its logs; not those
    that have ended."""
    try:
        names = os.listdir("/proc")  # noqa: PTH208 (pathlib alone would double its start)
    except OSError:
        return []
    return [int(name) for name in names if name.isdigit() and is_of(run, f"/proc/{name}")]


def is_of(run: str, process: str) -> bool:
    with suppress(OSError):  # gone, or another user's
        with open(f"{process}/environ", "rb") as stream:  # noqa: PTH123
            environ = stream.read()
        if f"MLSPEC_RUN={run}".encode() in environ.split(b"\0"):
            return True
    for stdout_or_stderr in (1, 2):
        with suppress(OSError):
            if f"/{run}/logs/" in os.readlink(f"{process}/fd/{stdout_or_stderr}"):  # noqa: PTH115
                return True
    return False


def kill(pid: int) -> None:
    """A process, or a group if negative."""
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    watch(*sys.argv[1:])
