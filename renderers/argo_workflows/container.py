"""The container of a step: its command, the environment that the contract promises, its mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.manifests.pods import container_security_context, resource_requirements
from mlspec.plan import contract

from . import paths
from .text import literal, parameter, plain, words

if TYPE_CHECKING:
    from mlspec.plan.model import Pipeline, Step

SCRATCH_VOLUME = "tmp"
OUTPUTS_VOLUME = "outputs"


def container(step: Step, pipeline: Pipeline, *more_args: str) -> dict[str, Any]:
    """`more_args` are of this target and written as they are."""
    command, *args = words(step)
    args += more_args
    return {
        "image": plain(step.image),
        # Named, never left to the image: the executor wraps it.
        "command": [command],
        **({"args": args} if args else {}),
        "env": environment(step, pipeline),
        "resources": resource_requirements(step.resources),
        "securityContext": container_security_context(),
        "volumeMounts": _volume_mounts(step),
    }


def environment(step: Step, pipeline: Pipeline) -> list[dict[str, Any]]:
    """The contract's variables, then the pipeline's, then the step's: a later one of the same name
    takes the place of an earlier one."""
    own = {**pipeline.env, **step.env}
    values = {**_contract(step), **{name: literal(value) for name, value in own.items()}}
    entries: dict[str, dict[str, Any]] = {
        name: {"name": name, "value": value} for name, value in values.items()
    }
    for secret in step.secrets:
        source = {"name": plain(secret.secret), "key": plain(secret.key)}
        entries[secret.name] = {"name": secret.name, "valueFrom": {"secretKeyRef": source}}
    return list(entries.values())


def _contract(step: Step) -> dict[str, str]:
    """HOME and TMPDIR name the one place that a read-only root file system leaves writable."""
    promised = contract.variables(
        step,
        run="{{workflow.name}}",
        input_path=lambda name: literal(paths.input_path(step, name)),
        output_path=paths.output_path,
        param=lambda param: parameter(param.name),
    )
    return {"HOME": paths.SCRATCH, "TMPDIR": paths.SCRATCH, **promised}


def _volume_mounts(step: Step) -> list[dict[str, Any]]:
    """Outputs stand on a volume: the executor reads them from there, where it has to copy what lies
    in a container's own layer, and a read-only one could hold none (stageArchiveFile in Argo's
    workflow/executor/executor.go). Input artifacts get their mounts from Argo."""
    mounts = [{"name": SCRATCH_VOLUME, "mountPath": paths.SCRATCH}]
    if step.outputs:
        mounts.append({"name": OUTPUTS_VOLUME, "mountPath": paths.OUTPUTS})
    return mounts
