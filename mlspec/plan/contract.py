"""The contract of a step, the same wherever it runs: the variables that it is told by, and what its
exit code means. Targets say where things lie; what they are called stands here alone.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING

from mlspec.plan.model import GitLocation

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlspec.plan.model import Param, Step

RUN = "MLSPEC_RUN"
METRICS = "MLSPEC_METRICS"

VERDICT_KINDS = frozenset({"check", "gate"})
VERDICT_CODES = (1, 2)
"""mlspec.runtime leaves with 1 where the data, model or gate is wrong and with 2 on wrong usage. Of
these kinds of steps that is a verdict: to ask again would not change it. Any other end tells
nothing of the next attempt."""


@lru_cache(maxsize=256)  # a name comes up in many a step
def variable(kind: str, name: str) -> str:
    """`INPUT`, `OUTPUT` or `PARAM`, and a name of the language."""
    return f"MLSPEC_{kind}_{name.upper().replace('-', '_')}"


def variables(
    step: Step,
    *,
    run: str,
    input_path: Callable[[str], str],
    output_path: Callable[[str], str],
    param: Callable[[Param], str],
) -> dict[str, str]:
    """The variables that every step is promised, in a stable order."""
    values = {RUN: run}
    for name in input_names(step):
        values[variable("INPUT", name)] = input_path(name)
    for output in step.outputs:
        values[variable("OUTPUT", output.name)] = output_path(output.name)
    if metrics := metrics_output(step):
        values[METRICS] = output_path(metrics)
    for each in step.params:
        values[variable("PARAM", each.name)] = param(each)
    return values


def input_names(step: Step) -> tuple[str, ...]:
    """What is fetched for the step, then what it reads from others."""
    fetched = (step.fetch.name,) if step.fetch else ()
    return (*fetched, *(item.name for item in step.inputs))


def metrics_output(step: Step) -> str:
    """The name of the output that holds the step's metrics; empty for a step that has none."""
    return next((output.name for output in step.outputs if output.kind == "metrics"), "")


def path_within(step: Step, name: str, path: str) -> str:
    """Where the data of an input is, if what was brought lies at `path`: of a Git repository the
    whole clone is brought."""
    fetch = step.fetch
    if fetch and fetch.name == name and isinstance(fetch.location, GitLocation):
        return posixpath.normpath(f"{path}/{fetch.location.path}")
    return path


def is_worth_retrying(step: Step, exit_code: int) -> bool:
    """Whether another attempt may end differently."""
    return not (step.kind in VERDICT_KINDS and exit_code in VERDICT_CODES)
