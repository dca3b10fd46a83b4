"""A run on a terminal: what has ended scrolls by, what runs stands below and is drawn anew."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from mlspec.local.display import PlainLines, duration, log_excerpt, words

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from mlspec.local.model import Event

_UP_AND_CLEAR = "\x1b[{}F\x1b[J"
_COLORS = {"done": 32, "cached": 2, "failed": 31, "again": 33, "interrupted": 33, "skipped": 2}
"""Kind of event → how a terminal shows it (ECMA-48): green, faint, red, yellow."""


def is_terminal(stream: TextIO) -> bool:
    """Whether lines on it can be drawn anew."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


class LiveLines(PlainLines):
    """Redraws ten times a second; colours unless NO_COLOR is set (https://no-color.org)."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.every = 0.1
        self._colored = not os.environ.get("NO_COLOR")
        self._running: dict[str, tuple[float, str]] = {}
        self._left: set[str] = set()
        self._total = self._drawn = 0

    def begin(self, run: str, steps: tuple[str, ...], logs: Path, resumed: bool) -> None:
        super().begin(run, steps, logs, resumed)
        self._total, self._left = len(steps), set(steps)

    def event(self, event: Event) -> None:
        self._clear()
        if event.kind == "started":
            self._running[event.step] = (time.monotonic(), event.text)
        else:
            _, reason = self._running.get(event.step, (0.0, ""))
            self._show(event, reason)
            if event.kind != "again":
                self._running.pop(event.step, None)
                self._left.discard(event.step)
        self._draw()

    def tick(self) -> None:
        self._clear()
        self._draw()

    def end(self) -> None:
        self._clear()

    def _show(self, event: Event, reason: str) -> None:
        text = words(event) + (f" ({reason})" if event.kind == "done" and reason else "")
        self.line(event.step, self._color(text, _COLORS[event.kind]))
        if event.kind == "failed":
            for line in log_excerpt(self._log(event.step)):
                self.write(line)

    def _draw(self) -> None:
        now = time.monotonic()
        lines = [
            f"{name:<{self._width}}  {duration(now - began)}  {reason}"
            for name, (began, reason) in self._running.items()
        ]
        if lines:
            lines.append(f"{self._total - len(self._left)} of {self._total} steps")
        width = shutil.get_terminal_size().columns - 1  # a full line would wrap
        for line in lines:
            self.write(line[:width])
        self._drawn = len(lines)

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write(_UP_AND_CLEAR.format(self._drawn))
            self._drawn = 0

    def _color(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[m" if self._colored else text
