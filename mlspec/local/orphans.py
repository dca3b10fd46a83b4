"""The runner's side of the warden: it is started with a run and told of every process group."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.local.files import remove
from mlspec.local.warden import sweep

if TYPE_CHECKING:
    from typing import Self

_PROGRAM = Path(__file__).with_name("warden.py")


class Warden:
    """While it is open, no process of the run outlives this one. `scratch` is a folder for
    temporary files, below the system's own: a path within the project could be too long for the
    sockets that programs put there."""

    def __init__(self, run: str) -> None:
        self._run = run

    def __enter__(self) -> Self:
        sweep(self._run)  # of a run that is resumed, should its own warden have been killed too
        self.scratch = Path(tempfile.mkdtemp(prefix="mlspec-"))
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROGRAM), self._run, str(self.scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={},
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        remove(self.scratch)

    def guard(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # somebody has killed it: the run goes on without
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
