"""`gate`: are the metrics good enough, on their own and beside the model that is live?"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlspec.runtime import tracking
from mlspec.runtime.environment import StepEnvironment
from mlspec.runtime.errors import StepFailure, UsageError
from mlspec.runtime.jsonfile import object_argument, read_metrics

HELP = "Let a model pass only when its metrics are good enough."
KEYS = ("min", "max", "no_worse_than", "tolerance", "direction")
DIRECTIONS = ("higher", "lower")

# The metrics of the run behind an alias, or None when there is no such model or alias yet.
Baseline = Callable[[str], dict[str, float] | None]


@dataclass(frozen=True, slots=True)
class Gate:
    """What one metric must be. `direction` says which way is better; `tolerance` is absolute."""

    metric: str
    min: float | None = None
    max: float | None = None
    no_worse_than: str = ""
    tolerance: float = 0.0
    direction: str = "higher"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of the table: a rule of a metric's gate, what was found, and whether it passes."""

    metric: str
    expected: str
    found: str
    passed: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--metrics", required=True, type=Path, metavar="PATH")
    parser.add_argument("--gates", required=True, metavar="JSON", help="metric to what it must be")
    parser.add_argument("--model", required=True, metavar="NAME", help="in the model registry")


def run(args: argparse.Namespace) -> int:
    gates = parse_gates(object_argument(args.gates, "--gates"))
    metrics = read_metrics(args.metrics)
    verdicts = judge_all(gates, metrics, args.model)
    print(table(verdicts))
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if failed:
        lines = "".join(f"\n  {v.metric}: expected {v.expected}, found {v.found}" for v in failed)
        raise StepFailure(f"{args.model}: {len(failed)} of {len(verdicts)} gates failed{lines}")
    return 0


def judge_all(gates: Iterable[Gate], metrics: dict[str, float], model: str) -> list[Verdict]:
    """All verdicts; what stands behind an alias of the registered model is looked up in MLflow."""
    baseline = _registry_baseline(model)
    return [verdict for gate in gates for verdict in judge(gate, metrics, baseline)]


def parse_gates(gates: dict[str, Any]) -> list[Gate]:
    """Raises UsageError that names the metric and the key that is wrong."""
    parsed = []
    for metric, rules in gates.items():
        if not isinstance(rules, dict) or not set(rules) & {"min", "max", "no_worse_than"}:
            raise UsageError(f"--gates: {metric}: expected min, max or no_worse_than")
        unknown = [key for key in rules if key not in KEYS]
        if unknown:
            raise UsageError(f"--gates: {metric}: unknown {unknown}; known: {', '.join(KEYS)}")
        for key in ("min", "max", "tolerance"):
            number = rules.get(key, 0)
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise UsageError(f"--gates: {metric}: {key}: expected a number, found {number!r}")
        if rules.get("direction", "higher") not in DIRECTIONS:
            raise UsageError(f"--gates: {metric}: direction: expected one of {DIRECTIONS}")
        if rules.get("tolerance", 0) < 0 or not isinstance(rules.get("no_worse_than", ""), str):
            raise UsageError(f"--gates: {metric}: expected a tolerance >= 0 and an alias's name")
        parsed.append(Gate(metric, **rules))
    return parsed


def judge(gate: Gate, metrics: dict[str, float], baseline: Baseline) -> Iterable[Verdict]:
    """A verdict for each rule of the gate; one alone when there is no finite number to judge."""
    value = metrics.get(gate.metric)
    if value is None:
        there = ", ".join(sorted(metrics)) or "no metrics"
        yield Verdict(gate.metric, "the metric", f"none (there are: {there})", False)
        return
    if not math.isfinite(value):
        yield Verdict(gate.metric, "a finite number", str(value), False)
        return
    if gate.min is not None:
        yield Verdict(gate.metric, f">= {gate.min:.10g}", f"{value:.10g}", value >= gate.min)
    if gate.max is not None:
        yield Verdict(gate.metric, f"<= {gate.max:.10g}", f"{value:.10g}", value <= gate.max)
    if gate.no_worse_than:
        yield _compare(gate, value, baseline(gate.no_worse_than))


def _compare(gate: Gate, value: float, against: dict[str, float] | None) -> Verdict:
    expected = f"no worse than {gate.no_worse_than}"
    if against is None:
        found = f"{value:.10g} (nothing to compare with: no model has this alias yet)"
        return Verdict(gate.metric, expected, found, True)
    reference = against.get(gate.metric)
    if reference is None or not math.isfinite(reference):
        # A metric that was added after the live model was trained must not block every later one.
        found = f"{value:.10g} (nothing to compare with: its run lacks the metric)"
        return Verdict(gate.metric, expected, found, True)
    if gate.direction == "higher":
        bound, sign = reference - gate.tolerance, ">="
        passed = value >= bound
    else:
        bound, sign = reference + gate.tolerance, "<="
        passed = value <= bound
    return Verdict(gate.metric, f"{expected}: {sign} {bound:.10g}", f"{value:.10g}", passed)


def _registry_baseline(model: str) -> Baseline:
    """Looks each alias up once, and needs MLflow only if some gate asks."""
    known: dict[str, dict[str, float] | None] = {}

    def look_up(alias: str) -> dict[str, float] | None:
        if alias not in known:
            known[alias] = _metrics_behind(model, alias)
        return known[alias]

    return look_up


def _metrics_behind(model: str, alias: str) -> dict[str, float] | None:
    environment = StepEnvironment.read()
    environment.require("tracking_uri")
    client = tracking.connect(environment)
    with tracking.talking():
        version = tracking.version_of(client, model, alias)
        if version is None:
            return None
        if not version.run_id:
            return {}  # registered by hand, without a run
        return dict(client.get_run(version.run_id).data.metrics)


def table(verdicts: Iterable[Verdict]) -> str:
    """Aligned columns, one row a verdict."""
    rows = [("metric", "expected", "found", "result")]
    rows += [(v.metric, v.expected, v.found, "pass" if v.passed else "FAIL") for v in verdicts]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
