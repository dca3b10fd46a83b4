"""A command that runs until it is told to end, as a process."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.local.serving_samples import plain_environment

SECONDS = 120
"""For anything that is waited for; far more than it takes."""


class LongRunning:
    """`mlspec WORDS`, in `folder`. It is ended when a test leaves it."""

    program = (sys.executable, "-m", "mlspec")

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [*self.program, *words],
            cwd=folder,
            env=plain_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.end(signal.SIGINT)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                with self._more:
                    self._said += line
                    self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def until(self, pattern: str) -> re.Match[str]:
        """Waits until it has said so."""

        def found() -> re.Match[str] | None:
            return re.search(pattern, self._said)

        def is_over() -> bool:
            return found() is not None or not self._reader.is_alive()

        with self._more:
            while not is_over():
                assert self._more.wait(SECONDS), f"not said in time: {pattern}\n{self._said}"
            match = found()
        assert match is not None, f"never said: {pattern}\n{self._said}"
        return match

    def end(self, number: int) -> int:
        """Sends a signal, waits for the end, and gives the exit code."""
        self.process.send_signal(number)  # nothing happens where it has ended
        code = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code

    @property
    def said(self) -> str:
        return self._said
