"""What the local runner adds to a step: a graph of 50 steps that do nothing, without MLflow.

    python -m bench.local_overhead [--steps 50] [--rounds 5]

Prints the milliseconds a step beyond the bare start of the same process, for one step at a time and
for all at once, with an output each. The budget is 15 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.measure import Row, figure, rows_table
from mlspec.local.model import Event, Request
from mlspec.local.run import run
from mlspec.plan.model import Input, Notify, Output, Pipeline, Placeholder, Plan, Resources, Step

SCRIPT = 'printf x > "$0"'
BUDGET_MS = 15.0


class Silent:
    every = 0.0

    def begin(self, run: str, steps: tuple[str, ...], logs: Path, resumed: bool) -> None: ...
    def event(self, event: Event) -> None: ...
    def tick(self) -> None: ...
    def end(self) -> None: ...


def step(number: int) -> Step:
    name, before = f"step-{number}", f"step-{number - 1}"
    words: tuple[Any, ...] = ("sh", "-c", SCRIPT, Placeholder(kind="output", name="out"))
    return Step(
        name=name,
        kind="transform",
        image="",
        argv=tuple((word,) for word in words),
        inputs=(Input(name="in", step=before, output="out"),) if number else (),
        outputs=(Output(name="out", kind="dataset", format="csv"),),
        env={},
        resources=Resources(cpu="", memory=""),
    )


def plan(steps: int) -> Plan:
    end = step(0).replace(name="report", kind="report", argv=(("true",),), outputs=())
    pipeline = Pipeline(
        name="bench", steps=tuple(map(step, range(steps))), on_exit=end, env={}, experiment="",
        identity="", executor_identity="", timeout_seconds=0, notify=Notify(severity="info"),
    )  # fmt: skip
    nothing: Any = None
    return Plan(
        project="bench", environment="local", team="", namespace="", protected=False,
        pipeline=pipeline, platform=nothing, delivery=nothing,
    )  # fmt: skip


def bare(steps: int) -> float:
    """Seconds to start the same processes one after another, with nothing around them."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for number in range(steps):
            subprocess.run(["sh", "-c", SCRIPT, f"{folder}/{number}"], stdin=subprocess.DEVNULL)
        return time.perf_counter() - start


def of_runner(steps: int) -> tuple[float, float]:
    """Seconds of a run in which every step runs, and of the next, in which none does."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("clean.py").write_text("print()\n", encoding="utf-8")
        request = Request(plan=plan(steps), project=Path(folder), jobs=1)
        times = []
        for _ in range(2):
            start = time.perf_counter()
            outcome = run(request, Silent())
            times.append(time.perf_counter() - start)
            assert outcome.state == "succeeded", outcome.value
        return times[0], times[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    bares = [bare(args.steps) for _ in range(args.rounds)]
    pairs = [of_runner(args.steps) for _ in range(args.rounds)]
    each_ms = 1000 / args.steps
    alone = figure(seconds * each_ms for seconds in bares)
    ran = figure(first * each_ms for first, _ in pairs)
    cached = figure(second * each_ms for _, second in pairs)
    beyond = figure(first * each_ms - alone.middle for first, _ in pairs)
    print(f"{args.steps} steps, a step:\n")
    rows = [
        Row("bare process", alone, " ms"),
        Row("step of a run", ran, " ms"),
        Row("beyond the process", beyond, " ms", BUDGET_MS),
        Row("step found in the cache", cached, " ms"),
    ]
    print(rows_table(rows))
    return 0 if beyond.middle < BUDGET_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
