"""What happens in a run: counts, times, memory; failures, made small and kept as tests."""

from __future__ import annotations

import hashlib
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fuzz.properties import Broken, check
from tests.fuzz.targets import TARGETS

if TYPE_CHECKING:
    from tests.fuzz.bases import Case

CORPUS = Path(__file__).parent / "corpus"
MOST_SECONDS = 2.0
"""Of processor time: that of the clock depends on what else the machine does."""
MOST_MEGABYTES = 300
_MOST_FILES_EACH = 3
"""Kept of one sort of failure: they are mostly one mistake."""
_MOST_TRIES = 400


class TooSlow(BaseException):
    """Not an Exception, so that no handler in the code under test takes it for one of its own."""


class Recorder:
    def __init__(self, target: str, executions: int) -> None:
        self.target = target
        self.executions = executions
        self.done = 0
        self.slowest = 0.0
        self.outcomes: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.memory: list[int] = []
        self.started = time.monotonic()
        signal.signal(signal.SIGPROF, _too_slow)

    @property
    def is_over(self) -> bool:
        return self.done >= self.executions

    def one(self, data: bytes) -> None:
        """One execution. Failures are recorded; only an interrupt gets out."""
        case = TARGETS[self.target](data)
        before = time.process_time()
        error = failure_of(case)
        self.slowest = max(self.slowest, time.process_time() - before)
        self.outcomes["FAILED" if error is not None else _outcome[0]] += 1
        if error is not None:
            self._keep(case, error)
        self.done += 1
        if self.done % max(1, self.executions // 10) == 0:
            self.memory.append(_megabytes())
            self._say(f"{self.done:,} of {self.executions:,}: {self._figures()}")

    def _keep(self, case: Case, error: BaseException) -> None:
        sort = sort_of(error)
        self.failures[sort] += 1
        if self.failures[sort] > _MOST_FILES_EACH:
            return
        small = minimised(case, sort)
        digest = hashlib.sha256(small.text).hexdigest()[:10]
        file = CORPUS / f"{self.target}-{digest}.{case.kind}"
        file.write_bytes(small.text)
        self._say(f"FAILED: {sort}\n  {error!s:.600}\n  kept in {file}")

    def finish(self) -> int:
        """Prints the figures. The exit code: 1 where anything failed."""
        print(f"{self.target}: {self._figures()}")
        print(f"  RSS after each tenth, MB: {self.memory}")
        for sort, count in self.failures.most_common():
            print(f"  FAILED {count} times: {sort}")
        if too_much := _megabytes() > MOST_MEGABYTES:
            print(f"  FAILED: more than {MOST_MEGABYTES} MB")
        sys.stdout.flush()
        return 1 if self.failures or too_much else 0

    def _figures(self) -> str:
        seconds = time.monotonic() - self.started
        outcomes = ", ".join(f"{count:,} {name}" for name, count in self.outcomes.most_common())
        return (
            f"{self.done:,} executions ({outcomes}) in {seconds:.0f} s, "
            f"{self.done / seconds:.0f}/s; slowest {self.slowest:.2f} s; peak RSS {_megabytes()} MB"
        )

    def _say(self, text: str) -> None:
        print(f"[{self.target}] {text}", file=sys.stderr, flush=True)


_outcome = [""]
"""How far the last case came that did not fail."""


def failure_of(case: Case) -> BaseException | None:
    """What is wrong with a case, an endless loop included."""
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        _outcome[0] = check(case)
    except (Exception, TooSlow) as error:
        return error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def sort_of(error: BaseException) -> str:
    """The same for failures that are probably one mistake."""
    if isinstance(error, Broken):
        return error.what
    if isinstance(error, TooSlow):
        return f"more than {MOST_SECONDS} s"
    place, last = "", error.__traceback__
    while last is not None:
        file = Path(last.tb_frame.f_code.co_filename)
        if "tests" not in file.parts:
            place = f"{file.parent.name}/{file.name}:{last.tb_lineno}"
        last = last.tb_next
    return f"{type(error).__name__} at {place}"


def minimised(case: Case, sort: str) -> Case:
    """The case with lines, then characters, left out as long as it fails in the same way."""
    tries = 0
    for separator in (b"\n", b""):
        parts = _parts(case.text, separator)
        size = max(1, len(parts) // 2)
        while size and tries < _MOST_TRIES:
            at, before = 0, len(parts)
            while at < len(parts) and tries < _MOST_TRIES:
                rest = parts[:at] + parts[at + size :]
                shorter = case._replace(text=separator.join(rest))
                tries += 1
                error = failure_of(shorter)
                if error is not None and sort_of(error) == sort:
                    parts, case = rest, shorter
                else:
                    at += size
            size = size // 2 if len(parts) == before or size > 1 else size
    return case


def _parts(text: bytes, separator: bytes) -> list[bytes]:
    return text.split(separator) if separator else [bytes([byte]) for byte in text]


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _too_slow(number: int, frame: Any) -> None:
    raise TooSlow
