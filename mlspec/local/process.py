"""One program in a process group of its own, so that it ends with all that it has started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

GRACE_SECONDS = 10.0
"""Between the wish that a program ends and its end by force."""
NO_SUCH_PROGRAM = 127
"""As a shell tells it."""


class Process:
    """A running program. What it prints goes straight into its log, past the runner: the log is
    whole whatever happens to the runner."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path
    ) -> None:
        with log.open("ab") as stream:
            self._popen = subprocess.Popen(
                argv,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.group = self._popen.pid
        self._kill_at: float | None = None

    def poll(self) -> int | None:
        """The exit code once it has ended; negative, the number of a signal. Then all that it had
        left running has ended too, as it does when a container ends."""
        if self._popen.returncode is None:
            if not self._has_ended():
                return None
            self._signal(signal.SIGKILL)
            self._popen.wait()
        return self._popen.returncode

    def _has_ended(self) -> bool:
        """Where the system can tell without reaping it, so that the group cannot be another's when
        it is killed (macOS: from Python 3.13)."""
        if not hasattr(os, "waitid"):
            return self._popen.poll() is not None
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.group, flags) is not None

    def stop(self, grace: float) -> None:
        """Asks it to end; by force after `grace` seconds, or when asked again."""
        if self._kill_at is None:
            self._kill_at = time.monotonic() + grace
            self._signal(signal.SIGTERM)
        else:
            self._signal(signal.SIGKILL)

    def insist(self) -> float | None:
        """Ends it by force if its time is up; returns how many seconds that is from now."""
        if self._kill_at is None:
            return None
        left = self._kill_at - time.monotonic()
        if left <= 0:
            self._signal(signal.SIGKILL)
            return None
        return left

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # all gone; on macOS: zombies are left
            os.killpg(self.group, number)


def exit_words(code: int) -> str:
    """An exit code as people know it."""
    if code >= 0:
        return "not found" if code == NO_SUCH_PROGRAM else f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
