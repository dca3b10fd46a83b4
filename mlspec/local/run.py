"""One run, from its name to its outcome: who calls this has a plan and wants it done."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from mlspec.local import lineage, preflight, prune
from mlspec.local.choice import Chooser
from mlspec.local.digests import Index, of_value
from mlspec.local.earlier import earlier_results
from mlspec.local.errors import CannotRun
from mlspec.local.files import remove
from mlspec.local.folder import AlreadyRunning, Folder
from mlspec.local.model import Event, Outcome, Request
from mlspec.local.orphans import Warden
from mlspec.local.params import with_params
from mlspec.local.parts import is_ours
from mlspec.local.places import surroundings
from mlspec.local.present import Present, source_file
from mlspec.local.results import Results
from mlspec.local.runner import Runner
from mlspec.local.selection import select
from mlspec.local.state import RunState, to_resume
from mlspec.local.task import Surroundings
from mlspec.local.told import tail
from mlspec.local.tracking import Store
from mlspec.local.wakeup import Wakeup
from mlspec.plan.model import Resources, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.local.model import Listener
    from mlspec.local.results import Result
    from mlspec.local.selection import Mode
    from mlspec.plan.model import Pipeline

_GRAPHS_END = {"succeeded": "Succeeded", "failed": "Failed"}
"""The state of a run → what Argo calls it, which the step that concludes a run is told."""


def run(request: Request, listener: Listener) -> Outcome:
    """Runs the pipeline, or what is asked for of it. Raises CannotRun where it cannot begin."""
    if request.plan.pipeline is None:
        raise CannotRun("the project has no steps to run")
    pipeline = request.plan.pipeline
    modes = select(pipeline, only=request.only, start=request.start, use_cache=request.use_cache)
    running = {name for name, mode in modes.items() if mode != "needed"}
    pipeline = with_params(pipeline, request.params, running)
    by_name = {step.name: step for step in pipeline.steps}
    steps = {name: (by_name[name], mode) for name, mode in modes.items()}
    concluding = [] if request.only else [pipeline.on_exit]
    preflight.check([*(s for s in pipeline.steps if s.name in running), *concluding], os.environ)
    folder = Folder(request.project)
    folder.prepare()
    try:
        with folder.lock():
            return _Run(request, pipeline, steps, folder, listener).outcome()
    except AlreadyRunning as error:
        raise CannotRun(str(error)) from error


class _Run:
    """A run that may begin: it is alone in its folder."""

    def __init__(
        self,
        request: Request,
        pipeline: Pipeline,
        steps: Mapping[str, tuple[Step, Mode]],
        folder: Folder,
        listener: Listener,
    ) -> None:
        self._request, self._pipeline, self._steps = request, pipeline, steps
        self._folder, self._listener = folder, listener
        self._index = Index(folder.index)
        self._results = Results(folder.results)
        self._present = Present(pipeline, folder, self._index)
        self._store = Store(folder, pipeline)

    def outcome(self) -> Outcome:
        self._store.settle()
        self._taken = earlier_results(self._steps.values(), self._results, self._present)
        basis = self._basis()
        state = to_resume(self._folder, basis)
        resumed = state is not None
        if state is None:
            prune.prune(self._folder, self._results, [s.name for s in self._pipeline.steps])
            state = self._new_state(basis)
        state.update(state="running", pid=os.getpid())
        self._state = state
        self._listener.begin(state.run, tuple(self._steps), state.place / "logs", resumed)
        try:
            with Wakeup() as wakeup, Warden(state.run) as warden:
                found = self._run(wakeup, warden)
        except BaseException:
            state.update(state="failed", finished=time.time())
            raise
        finally:
            self._listener.end()
            self._index.save()
        state.update(state=found, finished=time.time())
        if found == "succeeded":
            remove(state.work)
        return Outcome(found, state.value, state.place)

    def _basis(self) -> str:
        """What must be the same for a run to be resumed: all that any of its steps depends on."""
        code = {self._present.code_of(step).digest for step, _ in self._steps.values()}
        names = [name for step, _ in self._steps.values() if (name := source_file(step))]
        files = [self._folder.project / name for name in names]
        data = [self._index.tree(file) for file in files if file.exists()]
        modes = {name: mode for name, (_, mode) in self._steps.items()}
        python, uri = self._present.python, self._store.uri
        return of_value([repr(self._pipeline), modes, sorted(code), data, python, uri])

    def _new_state(self, basis: str) -> RunState:
        request = self._request
        return RunState.create(
            self._folder,
            request.plan.project,
            self._steps,
            environment=request.plan.environment,
            basis=basis,
            only=request.only,
            start=request.start,
            params=dict(request.params),
        )

    def _run(self, wakeup: Wakeup, warden: Warden) -> str:
        state = self._state
        around = Surroundings(
            pipeline=self._pipeline, run=state.run, project=self._folder.project,
            base=surroundings(), here=self._store.variables, secrets=os.environ, warden=warden,
            grace=self._request.grace_seconds,
        )  # fmt: skip
        runner = Runner(
            self._steps, jobs=self._request.jobs, folder=self._folder, results=self._results,
            present=self._present,
            chooser=Chooser(
                self._present, self._folder, self._results, run=state.run, taken=self._taken
            ),
            state=state, around=around, told=self._lineage, listener=self._listener,
            wakeup=wakeup,
        )  # fmt: skip
        self._prepare(runner)
        if not runner.is_interrupted:
            runner.run(self._pipeline.timeout_seconds)
        if runner.is_interrupted:
            return "interrupted"
        found = "failed" if runner.failures or runner.is_late else "succeeded"
        if not self._request.only:
            last = _concluding(self._pipeline.on_exit, found, runner.failures)
            self._store.conclude(last, runner, self._listener)
        return found

    def _prepare(self, runner: Runner) -> None:
        """Makes the embedded MLflow, the first time."""
        argv = self._store.preparation
        if not argv:
            return
        step = Step(
            name="prepare-mlflow", kind="transform", argv=tuple((word,) for word in argv), env={},
            image="", resources=Resources(cpu="", memory=""),
        )  # fmt: skip
        began = time.monotonic()
        self._listener.event(Event("started", step.name, "first use of the MLflow below .mlspec"))
        task = runner.run_alone(step)
        if task.state == "done":
            self._listener.event(Event("done", step.name, "", time.monotonic() - began))
        elif not runner.is_interrupted:
            last = "\n".join(tail(task.log, 5))
            raise CannotRun(f"cannot make the embedded MLflow ({task.text}): {task.log}\n{last}")

    def _lineage(self, step: Step, done: Mapping[str, Result]) -> dict[str, str]:
        if step.kind not in lineage.KINDS or not step.argv or not self._store.uri:
            return {}
        data = {
            output.name: done[each.name].digest(output.name)
            for each in self._pipeline.steps
            if each.kind == "ingest" and each.name in done
            for output in each.outputs
            if output.kind == "dataset"
        }
        project, is_mixed = self._folder.project, self._is_mixed()
        return {lineage.VARIABLE: lineage.lineage(project, data, is_mixed=is_mixed)}

    def _is_mixed(self) -> bool:
        """Whether a step alone builds on what other code than the present has made."""
        for name, result in self._taken.items():
            step, _ = self._steps[name]
            code = self._present.code_of(step).digest
            if not is_ours(step) and (result.is_of_one_run or result.parts.get("code") != code):
                return True
        return False


def _concluding(step: Step, state: str, failures: list[dict[str, str]]) -> Step:
    """The step that concludes a run, told of its end as Argo tells it."""
    outcome: list[Any] = ["--status", _GRAPHS_END[state], "--failures", json.dumps(failures)]
    return step.replace(argv=(*step.argv, *((word,) for word in outcome)))
