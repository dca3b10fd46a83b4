"""One step on its way: its attempts, their processes, and when to look at them again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mlspec.local import fetch, outputs, preflight
from mlspec.local.files import remove
from mlspec.local.places import command, variables
from mlspec.local.process import NO_SUCH_PROGRAM, Process, exit_words
from mlspec.plan import contract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mlspec.local.orphans import Warden
    from mlspec.local.places import Places
    from mlspec.plan.model import Pipeline, Retry, Step


class Surroundings:
    """What all steps of a run share."""

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        run: str,
        project: Path,
        base: Mapping[str, str],
        here: Mapping[str, str],
        secrets: Mapping[str, str],
        warden: Warden,
        grace: float,
    ) -> None:
        self.pipeline, self.run, self.project = pipeline, run, project
        self.base, self.here, self.secrets = base, here, secrets
        self.warden, self.grace = warden, grace


class Task:
    """The attempts of one step. `advance` takes it as far as it goes now; `state` is then running,
    pausing (before another attempt), done or failed, and `text` says why."""

    def __init__(
        self,
        step: Step,
        places: Places,
        log: Path,
        around: Surroundings,
        told: Mapping[str, str],
        again: Callable[[str], None],
    ) -> None:
        self.step, self.places, self.log = step, places, log
        self.state, self.text, self.attempt = "running", "", 0
        self.exit_code = 0
        self._around, self._told, self._again = around, told, again
        self._process: Process | None = None
        self._commands: list[list[str]] = []
        self._deadline: float | None = None
        self._is_late = self._is_stopped = False
        self._resume_at = 0.0
        self._begin()

    def advance(self) -> None:
        now = time.monotonic()
        if self.state == "pausing":
            if now >= self._resume_at:
                self._begin()
            return
        while self.state == "running" and self._process is not None:
            code = self._process.poll()
            if code is None:
                self._hurry(self._process, now)
                return
            self._around.warden.release(self._process.group)
            self._process = None
            if code == 0 and self._commands and not (self._is_late or self._is_stopped):
                self._start(self._commands.pop(0))
            else:
                self._ended(code)

    def stop(self) -> None:
        """The run is to end."""
        self._is_stopped = True
        if self._process is not None:
            self._process.stop(self._around.grace)
        else:
            self.state = "failed"

    def fail(self, text: str) -> None:
        """Although its program may have ended well."""
        self.text = "\n".join(each for each in (self.text, text) if each)
        self.state = "failed"

    def next_look(self) -> float | None:
        """In how many seconds something is to be done though no process ends."""
        now = time.monotonic()
        if self.state == "pausing":
            return max(0.0, self._resume_at - now)
        if self._process is None:
            return None
        until_kill = self._process.insist()
        if until_kill is not None or self._deadline is None or self._is_late:
            return until_kill
        return max(0.0, self._deadline - now)

    def _hurry(self, process: Process, now: float) -> None:
        if self._deadline is not None and now >= self._deadline and not self._is_late:
            self._is_late = True
            process.stop(self._around.grace)
        process.insist()

    def _begin(self) -> None:
        """An attempt starts from nothing: no trace of an earlier one is left."""
        self.attempt += 1
        self.state, self._is_late = "running", False
        remove(self.places.work)
        self.places.outputs.mkdir(parents=True)
        remove(self.places.scratch)
        self.places.scratch.mkdir(parents=True)
        if self.attempt > 1:
            with self.log.open("a", encoding="utf-8") as stream:
                stream.write(f"\n── attempt {self.attempt} ──\n")
        limit = self.step.timeout_seconds
        self._deadline = time.monotonic() + limit if limit else None
        fetched = self.step.fetch
        self._commands = [command(self.step, self.places)]
        if fetched:
            self._commands.insert(0, fetch.command(fetched, self.places.fetched(fetched.name)))
        self._start(self._commands.pop(0))

    def _start(self, argv: list[str]) -> None:
        around = self._around
        own = variables(self.step, around.pipeline, self.places, around.run, around.here)
        needed = preflight.secrets_of(self.step, around.secrets)
        secrets = {each.name: around.secrets[each.name] for each in needed}
        env = {**around.base, **own, **self._told, **secrets}
        try:
            self._process = Process(argv, env=env, cwd=around.project, log=self.log)
        except OSError as error:
            self._ended(NO_SUCH_PROGRAM, f"cannot start `{argv[0]}`: {error.strerror}")
            return
        around.warden.guard(self._process.group)

    def _ended(self, code: int, text: str = "") -> None:
        self.exit_code = code
        found: list[str] = []
        if self._is_late:
            text = f"took longer than its timeout of {self.step.timeout_seconds} s"
        elif code:
            text = text or exit_words(code)
        else:
            found = outputs.problems(self.step, self.places)
            text = "\n".join(found)
        if not text:
            self.state = "done"
        elif self._may_try_again(code):
            self._pause(text)
        else:
            self.state, self.text = "failed", text

    def _may_try_again(self, code: int) -> bool:
        retry = self.step.retry
        if retry is None or self._is_stopped or self.attempt > retry.limit:
            return False
        return contract.is_worth_retrying(self.step, code)

    def _pause(self, text: str) -> None:
        retry = self.step.retry
        assert retry is not None
        seconds = wait_before(retry, self.attempt + 1)
        self.state, self._resume_at = "pausing", time.monotonic() + seconds
        self._again(f"{text}; attempt {self.attempt + 1} of {retry.limit + 1} in {seconds} s")


def wait_before(retry: Retry, attempt: int) -> int:
    """Seconds between an attempt and the one before it; the second is the first to wait."""
    growth: int = retry.factor ** (attempt - 2)
    return min(retry.backoff_seconds * growth, retry.max_seconds)
