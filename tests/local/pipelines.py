"""Pipelines of tiny shell scripts, and the way to run them: real processes in a real folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mlspec.local.model import Event, Outcome, Request
from mlspec.local.run import run
from mlspec.plan.model import Input, Notify, Output, Pipeline, Placeholder, Plan, Resources, Step

_SLOT = re.compile(r"<(input|output|param|metrics)(?: ([\w-]+))?>")
NOTHING: Any = None


def word(text: str) -> tuple[str | Placeholder, ...]:
    """`<input tidy>` in a text stands for a placeholder."""
    parts: list[str | Placeholder] = []
    place = 0
    for found in _SLOT.finditer(text):
        kind: Any = found[1]
        parts += [text[place : found.start()], Placeholder(kind=kind, name=found[2] or "")]
        place = found.end()
    return tuple(part for part in (*parts, text[place:]) if part)


def step(name: str, script: str = "", **fields: Any) -> Step:
    """A step that runs a shell script. `reads` names steps whose output `out` it reads; it declares
    the output `out`, unless `outputs` says something else. Without a script it writes that output.
    """
    reads = fields.pop("reads", ())
    defaults: dict[str, Any] = {
        "kind": "transform",
        "image": "",
        "env": {},
        "resources": Resources(cpu="", memory=""),
        "outputs": (Output(name="out", kind="dataset", format="csv"),),
        "inputs": tuple(Input(name=each, step=each, output="out") for each in reads),
        "argv": (("sh",), ("-c",), word(script or "echo x > <output out>")),
    }
    return Step(name=name, **(defaults | fields))


def plan(*steps: Step, **pipeline: Any) -> Plan:
    end = step("report", "true", kind="report", outputs=())
    defaults: dict[str, Any] = {"on_exit": end, "env": {}, "timeout_seconds": 0}
    return Plan(
        project="wine",
        environment="local",
        team="cellar",
        namespace="",
        protected=False,
        pipeline=Pipeline(
            name="wine",
            steps=steps,
            experiment="",
            identity="",
            executor_identity="",
            notify=Notify(severity="info"),
            **(defaults | pipeline),
        ),
        platform=NOTHING,
        delivery=NOTHING,
    )


class Recorder:
    """A listener that remembers."""

    every = 0.0

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.run, self.resumed, self.logs = "", False, Path()

    def begin(self, run: str, steps: tuple[str, ...], logs: Path, resumed: bool) -> None:
        self.run, self.resumed, self.logs = run, resumed, logs

    def event(self, event: Event) -> None:
        self.events.append(event)

    def tick(self) -> None: ...

    def end(self) -> None: ...


class Ran:
    """A run that is over, as tests ask about it."""

    def __init__(self, outcome: Outcome, recorder: Recorder, project: Path) -> None:
        self.outcome, self.recorder, self.project = outcome, recorder, project
        self.state, self.steps = outcome.state, outcome.value["steps"]

    @property
    def kinds(self) -> list[str]:
        """`clean started`, `clean done`, … in the order in which it happened."""
        return [f"{event.step} {event.kind}" for event in self.recorder.events]

    def text(self, name: str, kind: str) -> str:
        return next(e.text for e in self.recorder.events if (e.step, e.kind) == (name, kind))

    def reasons(self) -> dict[str, str]:
        """Why each step was run (`run: …`) or not (`cached: …`)."""
        words = {"started": "run", "cached": "cached"}
        return {
            event.step: f"{words[event.kind]}: {event.text}"
            for event in self.recorder.events
            if event.kind in words
        }

    def output(self, name: str, output: str = "out") -> Path:
        result = self.project / ".mlspec/results" / name / self.steps[name]["key"]
        return result / "outputs" / output

    def read(self, name: str, output: str = "out") -> str:
        return self.output(name, output).read_text(encoding="utf-8")

    def log(self, name: str) -> str:
        return (self.outcome.place / "logs" / f"{name}.log").read_text(encoding="utf-8")


def run_plan(project: Path, plan: Plan, **request: Any) -> Ran:
    recorder = Recorder()
    request = {"jobs": 4, "grace_seconds": 0.2, **request}
    outcome = run(Request(plan=plan, project=project, **request), recorder)
    return Ran(outcome, recorder, project)


def run_steps(project: Path, *steps: Step, **request: Any) -> Ran:
    return run_plan(project, plan(*steps), **request)
