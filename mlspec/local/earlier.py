"""What a step that is run alone builds on: the latest result of each step before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.local.errors import NoResult
from mlspec.local.parts import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlspec.local.parts import Parts
    from mlspec.local.present import Present
    from mlspec.local.results import Result, Results
    from mlspec.local.selection import Mode
    from mlspec.plan.model import Step


def earlier_results(
    steps: Iterable[tuple[Step, Mode]], results: Results, present: Present
) -> dict[str, Result]:
    """By step, for all that are `needed`. Raises NoResult.

    The code, the command and the data outside may have changed since. But what is registered is
    what its metrics are about, made of data that were checked, with the parameters that are
    recorded: for that, each result must come from the ones before it.
    """
    chosen = list(steps)
    is_record = any(step.kind == "register" and mode == "anew" for step, mode in chosen)
    needed = [step for step, mode in chosen if mode == "needed"]
    usable = {step.name: list(_usable(step, results)) for step in needed}
    lacking = [name for name, found in usable.items() if not found]
    if lacking:
        first = lacking[0] if len(lacking) == 1 else ""
        raise NoResult(f"there is no result yet of {' and '.join(lacking)}", first)
    found: dict[str, Result] = {}
    for step in needed:
        read = {i.name: found[i.step].digest(i.output) for i in step.inputs if i.step in found}
        parts = present.parts(step, read)
        fitting = [r for r in usable[step.name] if not is_record or not _differing(r, parts, read)]
        if not fitting:
            differing = _differing(usable[step.name][0], parts, read)
            raise NoResult(f"{step.name} has no result of the present {' and '.join(differing)}")
        same = (result for result in fitting if result.base == key_of(parts))
        found[step.name] = next(same, fitting[0])
    return found


def _usable(step: Step, results: Results) -> Iterable[Result]:
    """Those that hold what the step declares, the latest first."""
    wanted = {output.name for output in step.outputs}
    return (r for r in results.of_step(step.name) if wanted <= r.outputs.keys() and r.is_intact)


def _differing(result: Result, parts: Parts, read: Mapping[str, str]) -> list[str]:
    """Inputs by other steps that it was not made of, `parameters` if it has others."""
    inputs = result.parts.get("inputs", {})
    found = [name for name, digest in read.items() if inputs.get(name) != digest]
    same = result.parts.get("parameters") == parts["parameters"]
    return found if same else [*found, "parameters"]
