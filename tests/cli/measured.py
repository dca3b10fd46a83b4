"""Runs `mlspec …` in processes of their own, with bounds, and says what each of them cost.

Starting Python costs more than most runs, so one small process imports the command, validates a
project or two, and is forked for each run: a run pays for everything that depends on its input, and
its peak of memory counts what it is born with. Run as a program, this is that small process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MAX_CPU_SECONDS = 2
MAX_RSS = 300 * 1024 * 1024
_ADDRESS_SPACE = 1024 * 1024 * 1024
"""What a run may even ask for: a guard for the machine that runs the tests."""
_PATIENCE_SECONDS = 60
"""Ends a run that waits for something and so uses no CPU, such as a FIFO nobody writes to."""
NOBODY = 65534


class Outcome(NamedTuple):
    """What became of a run. `code` is negative where a signal ended it, as in subprocess."""

    code: int
    stdout: str
    stderr: str
    cpu_seconds: float
    rss: int

    @property
    def diagnostics(self) -> list[dict[str, Any]]:
        """Those of a JSON report."""
        found: list[dict[str, Any]] = json.loads(self.stdout)["diagnostics"]
        return found


class Server:
    """The process that is forked for each run."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def run(self, place: Path | str, *arguments: str, as_nobody: bool = False) -> Outcome:
        """`mlspec ARGUMENTS` in the folder `place`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        out, err = self._folder / "out", self._folder / "err"
        request = {
            "place": str(place), "arguments": arguments, "as_nobody": as_nobody,
            "out": str(out), "err": str(err),
        }  # fmt: skip
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        code, cpu, rss = json.loads(self._process.stdout.readline())
        return Outcome(code, _text(out), _text(err), cpu, rss)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="surrogateescape")


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server that keeps its files in `folder`, and validates what is there to be warm."""
    command = [sys.executable, "-m", "tests.cli.measured", str(folder)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        yield Server(process, folder)
        assert process.stdin is not None
        process.stdin.close()  # which ends it


# ── in the other process ─────────────────────────────────────────────────────────────────────────


def main(warm: str) -> None:
    import mlspec.cli

    for arguments in ([], *([f"--format={name}"] for name in ("json", "sarif", "github"))):
        _in_this_process(mlspec.cli.main, ["validate", warm, *arguments])
    _in_this_process(mlspec.cli.main, ["validate", "no/such/place"])
    for line in sys.stdin:
        request = json.loads(line)
        if (pid := os.fork()) == 0:
            _become(request)
            mlspec.cli.main()
            os._exit(0)  # not reached: click leaves by SystemExit, which ends this process
        _, status, usage = os.wait4(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        print(json.dumps([code, cpu, usage.ru_maxrss * 1024]), flush=True)


def _in_this_process(command: Any, arguments: list[str]) -> None:
    """Runs the command once, so that its modules are there; what it prints goes nowhere."""
    sys.argv = ["mlspec", *arguments]
    nowhere = io.StringIO()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        contextlib.suppress(SystemExit),
    ):
        command()


def _become(request: dict[str, Any]) -> None:
    """Turns the forked process into a run of `mlspec`."""
    os.chdir(request["place"])
    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    signal.alarm(_PATIENCE_SECONDS)
    if request["as_nobody"]:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.argv = ["mlspec", *request["arguments"]]


if __name__ == "__main__":
    main(sys.argv[1])
