"""How the cost grows with the size of one project: 10, 100, 1000 steps, services, sources.

    python -m bench.growth [--sizes 10,100,1000] [--rounds N]

Processor time of each stage, in this process, rendering one environment. Between two sizes it grows
as size to the power of an exponent; a stage whose exponent is above that of n log n is told of. All
sizes are legal: a project may have 100 000 values in 2 MiB of text.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from bench.measure import emptied, shown, table, workplace
from bench.monorepo import text_of, write
from bench.stages import STAGES, run, run_timed
from mlspec.cli.timings import REST

Tree = dict[str, Any]

SIZES = (10, 100, 1000)
TOLERANCE = 1.25
"""How much more than n log n is taken for noise."""
ALL = "all"
LEAST_MS = 5.0
"""What takes less at the larger size says nothing about growth."""


def steps(size: int) -> Tree:
    """A chain: each step reads what the one before wrote, and every tenth the source, too."""
    project = _project()
    before = "start"
    for number in range(size):
        inputs = list(dict.fromkeys([before, *(["start"] if number % 10 == 0 else [])]))
        project["transforms"][f"step-{number}"] = _step(inputs, f"made-{number}")
        before = f"made-{number}"
    return project


def sources(size: int) -> Tree:
    """Each of them is read by one of the steps, ten at a time."""
    project = _project()
    names = [f"source-{number}" for number in range(size)]
    project["data"]["sources"] = {name: _source(name) for name in names}
    for number in range(0, size, 10):
        read = names[number : number + 10]
        project["transforms"][f"join-{number}"] = _step(read, f"joined-{number}")
    return project


def services(size: int) -> Tree:
    """All of one model, each with an SLO."""
    project = _project()
    project["transforms"]["clean"] = _step(["start"], "tidy")
    run = "python -m shop.train ${{ inputs.tidy }} ${{ outputs.model }}"
    project["training"] = {"grader": {"run": run, "inputs": ["tidy"]}}
    names = [f"api-{number}" for number in range(size)]
    project["serving"] = {name: {"model": "grader", "replicas": 2} for name in names}
    slo = {"availability": "99.5%", "latency": {"p95": "250ms"}}
    project["monitoring"] = {name: {"slo": slo} for name in names}
    return project


GROWING: dict[str, Callable[[int], Tree]] = {
    "steps": steps,
    "sources": sources,
    "services": services,
}


def _project() -> Tree:
    return {
        "apiVersion": "mlspec.io/v1alpha1",
        "kind": "Project",
        "metadata": {"name": "shop", "team": "market", "owners": ["ana@example.com"]},
        "image": "ghcr.io/acme/shop:1.0.0",
        "data": {"sources": {"start": _source("start")}},
        "transforms": {},
        "environments": {"dev": {}},
    }


def _source(name: str) -> Tree:
    schema = {"amount": "float", "code": {"type": "string", "unique": True}}
    uri = f"s3://lake/{name}.csv"
    return {"type": "s3", "uri": uri, "format": "csv", "schema": schema}


def _step(inputs: Sequence[str], output: str) -> Tree:
    words = [f"--in=${{{{ inputs.{name} }}}}" for name in inputs]
    run = " ".join(["python -m shop.step", *words, f"--out=${{{{ outputs.{output} }}}}"])
    return {"run": run, "inputs": list(inputs), "outputs": [output], "resources": {"cpu": 1}}


def measure(make: Callable[[int], Tree], sizes: Sequence[int], rounds: int) -> list[Tree]:
    """For each size the milliseconds of each stage: the least of the rounds."""
    with workplace() as folder:
        write(folder, 3, 2)
        run("render", folder / "projects", folder / "first")
        return [_of_size(folder, make(size), rounds) for size in sizes]


def _of_size(folder: Path, project: Tree, rounds: int) -> Tree:
    place = emptied(folder / "one")
    (place / "project.yaml").write_text(text_of(project), encoding="utf-8")
    found = [run_timed("render", place, emptied(folder / "generated")) for _ in range(rounds)]
    least = {stage: min(each[stage] for each in found) * 1000 for stage in (*STAGES, REST)}
    return {**least, ALL: sum(least.values())}


class Step(NamedTuple):
    """From one size to the next, with the milliseconds of a stage at each."""

    sizes: tuple[int, int]
    times: tuple[float, float]

    @property
    def exponent(self) -> float:
        """By which power of the size the time grows."""
        (few, many), (short, long) = self
        return math.log(long / short) / math.log(many / few) if short and long else 0.0

    @property
    def is_worse(self) -> bool:
        """Than n log n, by more than noise."""
        (few, many), (short, long) = self
        allowed = many * math.log(many) / (few * math.log(few))
        return long > LEAST_MS and long > short * allowed * TOLERANCE


def growth_tables(sizes: Sequence[int] = SIZES, rounds: int = 5) -> str:
    """A table for each thing that grows, and a line about what grows too fast."""
    parts, wrong = [], []
    for what, make in GROWING.items():
        found = measure(make, sizes, rounds)
        lines = []
        for stage in (*STAGES, REST, ALL):
            times = [each[stage] for each in found]
            grown = list(map(Step, pairwise(sizes), pairwise(times)))
            lines.append([stage, *map(shown, times), *(f"{each.exponent:.2f}" for each in grown)])
            wrong += [
                f"`{stage}` from {each.sizes[0]} to {each.sizes[1]} {what}"
                for each in grown
                if each.is_worse
            ]
        head = [what, *(f"{size}, ms" for size in sizes)]
        parts.append(table([*head, *(f"{a} to {b}" for a, b in pairwise(sizes))], lines))
    said = (
        f"Worse than n log n: {', '.join(wrong)}." if wrong else "No stage is worse than n log n."
    )
    return "\n\n".join([*parts, said])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    print(growth_tables([int(size) for size in wanted.sizes.split(",")], wanted.rounds))


if __name__ == "__main__":
    main()
