"""Where a step finds its inputs and leaves its outputs inside its container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan import contract

if TYPE_CHECKING:
    from mlspec.plan.model import Step

INPUTS = "/mlspec/inputs"
OUTPUTS = "/mlspec/outputs"
SCRATCH = "/tmp"


def mount_path(name: str) -> str:
    """Where Argo puts the input artifact `name`."""
    return f"{INPUTS}/{name}"


def input_path(step: Step, name: str) -> str:
    """Where the data of the input is: within the clone, when it comes from a Git repository."""
    return contract.path_within(step, name, mount_path(name))


def output_path(name: str) -> str:
    return f"{OUTPUTS}/{name}"


def metrics_path(step: Step) -> str:
    """The path of the step's metrics file; a ValueError for a step that writes none."""
    name = contract.metrics_output(step)
    if not name:
        raise ValueError(f"step {step.name}: expected an output of kind metrics, found none")
    return output_path(name)
