"""Signals as something to wait for: the end of a child, and the wish of the user to stop."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class Wakeup:
    """While it is open, signals do nothing but end `wait`. Only the main thread may open one."""

    def __enter__(self) -> Wakeup:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        self._handlers: dict[int, Any] = {}
        for number in (signal.SIGCHLD, *STOPPING):
            # What was ignored stays so: `nohup mlspec run`, or a job in the background of a script.
            if number == signal.SIGCHLD or signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, _nothing)
        self._fd = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._fd)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def wait(self, timeout: float | None) -> set[int]:
        """The signals that have come, at least one or none after `timeout` seconds."""
        select.select([self._read], [], [], timeout)
        try:
            return set(os.read(self._read, 4096))
        except BlockingIOError:
            return set()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Handled by who waits."""
