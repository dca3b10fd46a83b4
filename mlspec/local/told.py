"""What a finished step has told that is worth showing later: read from what it left behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlspec.local import outputs
from mlspec.local.facts import is_model
from mlspec.plan import contract

if TYPE_CHECKING:
    from pathlib import Path

    from mlspec.local.places import Places
    from mlspec.plan.model import Step

_TABLE = "metric "
"""How the table of `mlspec.runtime gate` begins."""


def told_by(step: Step, places: Places, log: Path, *, succeeded: bool) -> dict[str, Any]:
    """A gate's table is worth showing most of all when it has failed."""
    found: dict[str, Any] = {}
    metrics = contract.metrics_output(step)
    if metrics and succeeded:
        found["metrics"] = outputs.metrics(places.outputs / metrics)
    if step.kind == "gate":
        found["gate"] = gate_table(log)
    if step.kind == "register" and succeeded:
        found["model"] = _registered(log)
    return {name: value for name, value in found.items() if value}


def tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log; of a very long one, only its end is read."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 64 * 1024))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines()][-lines:]


def gate_table(log: Path) -> list[str]:
    """The rows of the last table in the log of a gate."""
    lines = tail(log, 200)
    starts = [number for number, line in enumerate(lines) if line.startswith(_TABLE)]
    if not starts:
        return []
    rows = []
    for line in lines[starts[-1] :]:
        if not line.endswith(("result", "pass", "FAIL")):
            break
        rows.append(line)
    return rows


def _registered(log: Path) -> dict[str, Any]:
    """What `mlspec.runtime register` says that it has registered."""
    for line in reversed(tail(log, 50)):
        if line.startswith("{"):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if is_model(value):
                return dict(value)
    return {}
