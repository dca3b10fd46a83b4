"""Parameters that the user sets for one run, as someone who starts a workflow in a cluster may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.local.errors import UnknownName, WrongRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mlspec.plan.model import Param, Pipeline, Step


def with_params(
    pipeline: Pipeline, values: Mapping[str, str], running: Collection[str]
) -> Pipeline:
    """The pipeline with other values. A parameter is named `step.param`, by its name in the
    pipeline, or by its own name if that is unique. Raises WrongRequest, also for one that none of
    the steps `running` has."""
    if not values:
        return pipeline
    wanted = {_pipeline_name(pipeline, name): value for name, value in values.items()}
    for name in wanted:
        owners = [s.name for s in pipeline.steps if any(p.pipeline_name == name for p in s.params)]
        if not set(owners).intersection(running):
            raise WrongRequest(
                f"--param: `{name}` is a parameter of {' and '.join(owners)}, not of what runs now"
            )
    return pipeline.replace(steps=tuple(_changed(step, wanted) for step in pipeline.steps))


def _changed(step: Step, wanted: Mapping[str, str]) -> Step:
    def changed(param: Param) -> Param:
        return param.replace(value=wanted.get(param.pipeline_name, param.value))

    return step.replace(params=tuple(changed(param) for param in step.params))


def _pipeline_name(pipeline: Pipeline, name: str) -> str:
    found = [(step, param) for step in pipeline.steps for param in step.params]
    exact = {f"{step.name}.{param.name}": param.pipeline_name for step, param in found}
    exact |= {param.pipeline_name: param.pipeline_name for _, param in found}
    if name in exact:
        return exact[name]
    meant = list(dict.fromkeys(p.pipeline_name for _, p in found if p.name == name))
    if not meant:
        raise UnknownName("parameter", name, _known(p for _, p in found))
    if len(meant) > 1:
        those = " or ".join(meant)
        raise WrongRequest(f"--param: several steps have a parameter `{name}`: say {those}")
    return meant[0]


def _known(params: Iterable[Param]) -> list[str]:
    return list(dict.fromkeys(name for p in params for name in (p.pipeline_name, p.name)))
