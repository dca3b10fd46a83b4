"""Where a step finds its inputs and leaves its outputs on this machine, and how it is started.

The words of its command and the names of its variables are those of the plan; a cluster fills the
same ones with paths of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlspec.plan import contract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.plan.model import Pipeline, Placeholder, Step


class Places(NamedTuple):
    """`inputs` are the paths of what other steps have given, by the input's name."""

    work: Path
    scratch: Path
    inputs: Mapping[str, Path]

    @property
    def outputs(self) -> Path:
        return self.work / "outputs"

    def fetched(self, name: str) -> Path:
        """Where what is fetched for a step is put."""
        return self.work / "fetched" / name

    def input_path(self, step: Step, name: str) -> str:
        brought = self.inputs.get(name) or self.fetched(name)
        return contract.path_within(step, name, str(brought))

    def output_path(self, name: str) -> str:
        return str(self.outputs / name)


def command(step: Step, places: Places) -> list[str]:
    """The words of the step's command, with its placeholders filled."""
    values = {param.name: param.value for param in step.params}

    def filled(part: str | Placeholder) -> str:
        if isinstance(part, str):
            return part
        if part.kind == "param":
            return values[part.name]
        if part.kind == "input":
            return places.input_path(step, part.name)
        name = part.name if part.kind == "output" else contract.metrics_output(step)
        return places.output_path(name)

    return ["".join(map(filled, word)) for word in step.argv]


def variables(
    step: Step, pipeline: Pipeline, places: Places, run: str, here: Mapping[str, str]
) -> dict[str, str]:
    """What the step is told: the contract's variables, the pipeline's, its own. `here` are those
    whose value is another one on this machine."""
    promised = contract.variables(
        step,
        run=run,
        input_path=lambda name: places.input_path(step, name),
        output_path=places.output_path,
        param=lambda param: param.value,
    )
    own = {**pipeline.env, **step.env}
    local = {name: value for name, value in here.items() if name in own}
    return {"TMPDIR": str(places.scratch), **promised, **own, **local}


def surroundings(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The user's environment for any step: `python` is the one that runs mlspec, nothing of another
    run is in it, and what a program prints can be read at once."""
    found = {n: v for n, v in (environ or os.environ).items() if not n.startswith("MLSPEC_")}
    bin = str(Path(sys.executable).parent)
    path = found.get("PATH", os.defpath)
    return {"PYTHONUNBUFFERED": "1", **found, "PATH": f"{bin}{os.pathsep}{path}"}
