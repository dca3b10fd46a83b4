"""The run itself: which step starts when, what becomes of its result, and how all of it ends.

One thread. It sleeps until a child ends, a signal arrives or a time is up. As in the cluster, a
failed step lets those that run come to their end, and starts no others.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mlspec.local.files import remove
from mlspec.local.model import Event
from mlspec.local.places import Places
from mlspec.local.published import publish
from mlspec.local.selection import needs
from mlspec.local.task import Surroundings, Task
from mlspec.local.told import told_by
from mlspec.local.wakeup import STOPPING, Wakeup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlspec.local.choice import Choice, Chooser
    from mlspec.local.folder import Folder
    from mlspec.local.model import Listener
    from mlspec.local.present import Present
    from mlspec.local.results import Result, Results
    from mlspec.local.selection import Mode
    from mlspec.local.state import RunState
    from mlspec.plan.model import Step


class Runner:
    """Runs the steps of one run. All that it needs is handed to it."""

    def __init__(
        self,
        steps: Mapping[str, tuple[Step, Mode]],
        *,
        jobs: int,
        folder: Folder,
        results: Results,
        present: Present,
        chooser: Chooser,
        state: RunState,
        around: Surroundings,
        told: Callable[[Step, Mapping[str, Result]], Mapping[str, str]],
        listener: Listener,
        wakeup: Wakeup,
    ) -> None:
        self._steps, self._jobs, self._folder = steps, jobs, folder
        self._results, self._present, self._chooser = results, present, chooser
        self._state = state
        self._around, self._told = around, told
        self._listener, self._wakeup = listener, wakeup
        self._waiting = list(steps)
        self._tasks: dict[str, tuple[Task, Choice, float]] = {}
        self._done: dict[str, Result] = {}
        self._suspects: dict[tuple[str, str], set[str]] = {}
        """Steps that read an output which has been changed, by step and output."""
        self.failures: list[dict[str, str]] = []
        self.is_interrupted = False
        self._late_at: float | None = None
        self.is_late = False

    def run(self, timeout: float = 0) -> None:
        """Until nothing is left to do. Afterwards `failures` holds the steps that have failed."""
        self._late_at = time.monotonic() + timeout if timeout else None
        while True:
            self._start_ready()
            if not self._tasks:
                break
            self._handle(self._wakeup.wait(self._patience()))
            self._look()
            if self._listener.every:
                self._listener.tick()
        for name in self._waiting:
            self._tell("skipped", name, "", state="skipped")

    def run_alone(self, step: Step) -> Task:
        """A step outside of the graph: what prepares or concludes a run."""
        task = self._task(step, {}, lambda _text: None)
        while task.state in ("running", "pausing"):
            signals = self._wakeup.wait(_earliest([task.next_look(), self._listener.every or None]))
            if signals & STOPPING:
                self.is_interrupted = True
                task.stop()
            task.advance()
            if self._listener.every:
                self._listener.tick()
        remove(task.places.work)
        remove(task.places.scratch)
        self._present.look_again()
        return task

    # ── starting ──────────────────────────────────────────────────────────────────────────────

    def _start_ready(self) -> None:
        while len(self._tasks) < self._jobs and not self._ends:
            name = next((name for name in self._waiting if self._is_ready(name)), None)
            if name is None:
                return
            self._waiting.remove(name)
            self._begin(*self._steps[name])

    @property
    def _ends(self) -> bool:
        return bool(self.failures) or self.is_interrupted or self.is_late

    def _is_ready(self, name: str) -> bool:
        step, _ = self._steps[name]
        return all(other in self._done for other in needs(step))

    def _begin(self, step: Step, mode: Mode) -> None:
        inputs = {item.name: self._done[item.step].digest(item.output) for item in step.inputs}
        choice = self._chooser.choose(step, mode, inputs)
        if choice.result is not None:
            self._done[step.name] = choice.result
            self._tell(
                "cached", step.name, choice.reason, state="cached", key=choice.key,
                seconds=0.0, **choice.result.told,
            )  # fmt: skip
            return
        self._tell("started", step.name, choice.reason, state="running", attempt=1)
        task = self._task(step, self._inputs(step), lambda text: self._again(step.name, text))
        self._tasks[step.name] = (task, choice, time.monotonic())

    def _task(self, step: Step, inputs: Mapping[str, Any], again: Callable[[str], None]) -> Task:
        work, scratch = self._state.work / step.name, self._around.warden.scratch / step.name
        log = self._state.log(step.name)
        told = self._told(step, self._done)
        return Task(step, Places(work, scratch, inputs), log, self._around, told, again)

    def _inputs(self, step: Step) -> dict[str, Any]:
        return {item.name: self._done[item.step].output(item.output) for item in step.inputs}

    def _again(self, name: str, text: str) -> None:
        attempt = int(self._state.value["steps"][name].get("attempt", 1)) + 1
        self._tell("again", name, text, state="running", attempt=attempt)

    # ── going on ──────────────────────────────────────────────────────────────────────────────

    def _patience(self) -> float | None:
        looks = [task.next_look() for task, _, _ in self._tasks.values()]
        if self._late_at is not None and not self.is_late:
            looks.append(max(0.0, self._late_at - time.monotonic()))
        return _earliest([*looks, self._listener.every or None])

    def _handle(self, signals: set[int]) -> None:
        if signals & STOPPING:
            self.is_interrupted = True
            self._stop()
        elif self._late_at is not None and not self.is_late and time.monotonic() >= self._late_at:
            self.is_late = True
            self._stop()

    def _stop(self) -> None:
        for task, _, _ in self._tasks.values():
            task.stop()

    def _look(self) -> None:
        for name, (task, choice, began) in list(self._tasks.items()):
            task.advance()
            if task.state not in ("running", "pausing"):
                del self._tasks[name]
                self._finish(task, choice, time.monotonic() - began)
                remove(task.places.scratch)

    def _finish(self, task: Task, choice: Choice, seconds: float) -> None:
        step = task.step
        self._present.look_again()
        changed = self._changed_inputs(step)
        if changed and not self.is_interrupted:
            task.fail(changed)
        told = told_by(step, task.places, task.log, succeeded=task.state == "done")
        if task.state == "done":
            self._keep(task, choice, seconds, told)
        elif self.is_interrupted:
            self._tell("interrupted", step.name, "", seconds, state="interrupted", **told)
        else:
            text = task.text
            if self.is_late:
                text = f"stopped: the run took longer than the pipeline's timeout ({text})"
            failure = {"displayName": step.name, "templateName": step.name}
            self.failures.append({**failure, "phase": "Failed", "message": text})
            self._tell(
                "failed", step.name, text, seconds, state="failed", exit=task.exit_code, **told
            )

    def _changed_inputs(self, step: Step) -> str:
        """In words, what a step has not left as it was; no later step finds that any more. A step
        beside it that reads the same may have done it as well."""
        found = []
        for item in step.inputs:
            result = self._done[item.step]
            if result.has_intact(item.output):
                continue
            self._results.drop(result)
            source = (item.step, item.output)
            suspects = self._suspects.setdefault(source, set())
            suspects.update(
                n for n, (task, _, _) in self._tasks.items() if _reads(task.step, source)
            )
            others = sorted(suspects - {step.name})
            suspects.add(step.name)
            found.append(
                f"its input `{item.name}` was changed, by it or by {' or '.join(others)}"
                if others
                else f"it changed its input `{item.name}`"
            )
        return "; ".join(found) + (": write to outputs or to $TMPDIR" if found else "")

    def _keep(self, task: Task, choice: Choice, seconds: float, told: dict[str, Any]) -> None:
        step, key, base, note = task.step, choice.key, choice.base, ""
        changed = self._present.changed_since(step, choice.parts)
        if changed:
            key = base = self._chooser.key_for_this_run(choice)
            note = f"not kept for other runs: {changed}"
        result = self._results.put(
            task.places.work, step=step.name, key=key, base=base,
            parts=choice.parts, outputs=[output.name for output in step.outputs], told=told,
            run=self._state.run, seconds=seconds,
        )  # fmt: skip
        for output in step.outputs:
            if output.publish:
                publish(result.output(output.name), self._folder.artifacts / output.publish)
        self._done[step.name] = result
        self._tell("done", step.name, note, seconds, state="done", key=key, exit=0, **told)

    def _tell(self, kind: str, name: str, text: str, seconds: float = 0.0, **facts: Any) -> None:
        if kind in ("started", "cached"):
            facts["reason"] = text
        elif text:
            facts["message"] = text
        if kind not in ("started", "again", "skipped"):
            facts["seconds"] = seconds
        self._state.event(kind, name, **facts)
        self._listener.event(Event(kind, name, text, seconds))


def _reads(step: Step, source: tuple[str, str]) -> bool:
    return any((item.step, item.output) == source for item in step.inputs)


def _earliest(seconds: list[float | None]) -> float | None:
    return min((each for each in seconds if each is not None), default=None)
