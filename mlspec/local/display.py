"""A run as lines of text, for who reads it in a pipe, a file or the log of a CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.local.told import tail

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from mlspec.local.model import Event

SHOWN_LOG_LINES = 20


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def words(event: Event) -> str:
    """What has happened to a step, in a few words."""
    took = duration(event.seconds)
    told = {
        "started": f"run: {event.text}",
        "cached": f"cached ({event.text})",
        "done": f"done {took}" + (f" ({event.text})" if event.text else ""),
        "again": f"failed: {event.text}",
        "failed": f"FAILED after {took}: {event.text}",
        "skipped": "skipped",
        "interrupted": f"stopped after {took}",
    }
    return told[event.kind]


def log_excerpt(log: Path) -> list[str]:
    """The end of a step's log, and where the rest is."""
    lines = tail(log, SHOWN_LOG_LINES)
    return [*(f"  | {line}" for line in lines), f"  log: {log}"]


class PlainLines:
    """A line an event; with `follow` also every line that a step prints, after its name."""

    def __init__(self, stream: TextIO, *, follow: bool = False) -> None:
        self.every = 0.1 if follow else 0.0
        self._stream, self._follow = stream, follow
        self._width = 0
        self._logs: Path | None = None
        self._tails: dict[str, Tail] = {}

    def begin(self, run: str, steps: tuple[str, ...], logs: Path, resumed: bool) -> None:
        self._width = max(map(len, steps), default=0)
        self._logs = logs
        self.write(f"{'resumed' if resumed else 'run'} {run}")

    def event(self, event: Event) -> None:
        self.tick()
        self.line(event.step, words(event))
        if event.kind == "started" and self._follow:
            self._tails[event.step] = Tail(self._log(event.step))
        if event.kind == "failed" and not self._follow:
            for line in log_excerpt(self._log(event.step)):
                self.write(line)

    def tick(self) -> None:
        for step, found in self._tails.items():
            for line in found.lines():
                self.line(step, f"| {line}")

    def end(self) -> None:
        self.tick()

    def line(self, step: str, text: str) -> None:
        self.write(f"{step:<{self._width}}  {text}")

    def write(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def _log(self, step: str) -> Path:
        assert self._logs is not None
        return self._logs / f"{step}.log"


class Tail:
    """The lines of a file that grows, each once and whole."""

    def __init__(self, path: Path) -> None:
        self._path, self._rest = path, ""
        self._place = path.stat().st_size if path.exists() else 0

    def lines(self) -> list[str]:
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._place)
                found = stream.read(1 << 20)
        except OSError:
            return []
        self._place += len(found)
        *whole, self._rest = (self._rest + found.decode("utf-8", "replace")).split("\n")
        return whole
