"""Where a step finds its inputs and leaves its outputs inside its container."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from mlspec.plan.model import GitLocation

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
    fetch = step.fetch
    if fetch and fetch.name == name and isinstance(fetch.location, GitLocation):
        return posixpath.normpath(f"{mount_path(name)}/{fetch.location.path}")
    return mount_path(name)


def output_path(name: str) -> str:
    return f"{OUTPUTS}/{name}"


def has_metrics(step: Step) -> bool:
    return any(output.kind == "metrics" for output in step.outputs)


def metrics_path(step: Step) -> str:
    """The path of the step's metrics file; a ValueError for a step that writes none."""
    for output in step.outputs:
        if output.kind == "metrics":
            return output_path(output.name)
    raise ValueError(f"step {step.name}: expected an output of kind metrics, found none")
