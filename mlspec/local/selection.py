"""Which steps of a pipeline a run is about, and where the results of the others come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from mlspec.local.errors import UnknownName, WrongRequest

if TYPE_CHECKING:
    from mlspec.plan.model import Pipeline, Step

Mode: TypeAlias = Literal["auto", "anew", "earlier", "needed"]
"""What happens to a step: `auto` runs unless nothing it depends on has changed, `anew` runs in any
case, `earlier` is taken from an earlier run if nothing it depends on has changed since, `needed` is
never run: the latest result serves (mlspec/local/earlier.py)."""


def needs(step: Step) -> tuple[str, ...]:
    """The steps that must have succeeded before, in a stable order."""
    return tuple(dict.fromkeys((*(item.step for item in step.inputs), *step.after)))


def select(
    pipeline: Pipeline, *, only: str = "", start: str = "", use_cache: bool = True
) -> dict[str, Mode]:
    """The steps of the run, in the order of the pipeline. Raises UnknownName for a step that there
    is not."""
    steps = {step.name: step for step in pipeline.steps}
    for name in (only, start):
        if name and name not in steps:
            raise UnknownName("step", name, list(steps))
    if only and start:
        raise WrongRequest("--step and --from exclude each other")
    if only:
        chosen = {only}
    elif start:
        chosen = _after(start, steps)
    else:
        return dict.fromkeys(steps, "auto" if use_cache else "anew")
    before = _before(chosen, steps) - chosen
    modes: dict[str, Mode] = {}
    for name, step in steps.items():
        if name in chosen:
            modes[name] = "anew"
        elif name in before:
            modes[name] = _before_start(step) if start else _before_only(step, steps[only])
    return modes


def _before_start(step: Step) -> Mode:
    """A gate compares with what is live now: what it said earlier is worth nothing."""
    return "auto" if step.kind == "gate" else "earlier"


def _before_only(step: Step, only: Step) -> Mode:
    """What is registered alone passes its gates like any other."""
    return "auto" if step.kind == "gate" and only.kind == "register" else "needed"


def _after(start: str, steps: dict[str, Step]) -> set[str]:
    found = {start}
    for name, step in steps.items():  # in topological order
        if found.intersection(needs(step)):
            found.add(name)
    return found


def _before(chosen: set[str], steps: dict[str, Step]) -> set[str]:
    found = set(chosen)
    for name in reversed(steps):
        if name in found:
            found.update(needs(steps[name]))
    return found
