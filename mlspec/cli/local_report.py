"""Local runs in words: how one ended and where to look, and what past ones did."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mlspec.cli.discovery import shown
from mlspec.local.display import duration
from mlspec.local.state import CRASHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlspec.cli.asked import Asked
    from mlspec.local.model import Outcome
    from mlspec.local.state import RunState


def conclusion(outcome: Outcome, asked: Asked, services: Sequence[str]) -> Iterator[str]:
    """What `mlspec run` says last, of a project with these services."""
    value = outcome.value
    steps: Mapping[str, Any] = value["steps"]
    for name, step in steps.items():
        yield from _gate(name, step)
    yield ""
    yield f"{outcome.state}: {counts(steps)}, {duration(value['finished'] - value['started'])}"
    registered = [step["model"] for step in steps.values() if step.get("model")]
    for model in registered:
        yield f"model {model['name']} version {model['version']} is now {model['alias']}"
    if registered:
        yield f"next: {_serve(services, asked)}`{asked.later('ui')}` to look at it"
    if outcome.state == "interrupted":
        yield f"`{asked.again()}` goes on where it stopped"
    if outcome.state == "failed":
        yield f"`{asked.later('runs', 'last')}` shows this run again"


def _serve(services: Sequence[str], asked: Asked) -> str:
    """The command that serves the first of the services; it need be named where there are more."""
    if not services:
        return ""
    return f"`{asked.serve('' if len(services) == 1 else services[0])}` to serve it, "


def counts(steps: Mapping[str, Any]) -> str:
    """How many steps ended how."""
    words = {
        "done": "run",
        "cached": "cached",
        "failed": "failed",
        "interrupted": "stopped",
        "skipped": "not run",
        "waiting": "not run",
        "running": "unfinished",
    }
    found: dict[str, int] = {}
    for step in steps.values():
        word = words.get(step.get("state", ""), "unknown")
        found[word] = found.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in found.items())


def overview(runs: Sequence[RunState], *, busy: bool) -> Iterator[str]:
    """A line a run, the newest first."""
    if not runs:
        yield "no runs yet: start one with `mlspec run`"
        return
    rows = [("run", "env", "ended", "took", "steps", "metrics")]
    for state in runs:
        value = state.value
        rows.append(
            (value["run"], value["environment"], state_now(state, busy=busy), _took(value),
             counts(value["steps"]), _all_metrics(value["steps"]))
        )  # fmt: skip
    yield from table(rows)


def details(state: RunState, *, busy: bool) -> Iterator[str]:
    """All that is known of a run."""
    value = state.value
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(value["started"]))
    yield f"{value['run']}: {state_now(state, busy=busy)}, {counts(value['steps'])}"
    yield f"environment {value['environment']}, started {began}, took {_took(value)}"
    if value["params"]:
        yield f"parameters: {', '.join(f'{k}={v}' for k, v in value['params'].items())}"
    yield ""
    rows = [("step", "state", "took", "why")]
    for name, step in value["steps"].items():
        took = duration(step["seconds"]) if step.get("seconds") else ""
        why = step.get("message") if step["state"] == "failed" else step.get("reason", "")
        rows.append((name, step["state"], took, " ".join((why or "").split())))
    yield from table(rows)
    for name, step in value["steps"].items():
        yield from _told(name, step)
    yield ""
    yield f"logs: {shown(state.place / 'logs')}"


def _told(name: str, step: Mapping[str, Any]) -> Iterator[str]:
    if step.get("metrics"):
        yield ""
        yield f"{name}: {', '.join(_metric(*pair) for pair in _metrics(step))}"
    yield from _gate(name, step)
    if step.get("model"):
        model = step["model"]
        yield ""
        yield f"{name}: {model['name']} version {model['version']}, alias {model['alias']}"


def _gate(name: str, step: Mapping[str, Any]) -> Iterator[str]:
    if step.get("gate"):
        yield ""
        yield f"{name}:"
        yield from (f"  {row}" for row in step["gate"])


def state_now(state: RunState, *, busy: bool) -> str:
    """A run that says it is running has lost its process if none holds the folder. Of several that
    say so only the latest can be right; the runner marks the others."""
    found = str(state.value["state"])
    return CRASHED if found == "running" and not busy else found


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _metrics(step: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    found: Mapping[str, float] = step.get("metrics") or {}
    return found.items()


def _all_metrics(steps: Mapping[str, Any]) -> str:
    """Those of all steps; where several have some, behind the name of each."""
    told = {name: " ".join(_metric(*p) for p in _metrics(step)) for name, step in steps.items()}
    told = {name: metrics for name, metrics in told.items() if metrics}
    if len(told) < 2:
        return "".join(told.values())
    return ", ".join(f"{name}: {metrics}" for name, metrics in told.items())


def _metric(name: str, value: float) -> str:
    return f"{name}={value:.6g}"


def _took(value: Mapping[str, Any]) -> str:
    return duration(value["finished"] - value["started"]) if "finished" in value else ""
