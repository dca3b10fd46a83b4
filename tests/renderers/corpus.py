"""Every manifest that the targets make of every plan they are tried on.

    python -m tests.renderers.corpus FOLDER

writes them into a folder: what `make schemas` prunes the upstream schemas by.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mlspec.cli.targets import Rendered, Renderer, load_renderers, render_plan
from mlspec.language.reader import read
from mlspec.output.yaml_writer import dump
from mlspec.plan.model import Plan
from mlspec.source.parser import parse_file

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLATFORM = ROOT / "projects" / "platform.yaml"


@cache
def renderers() -> list[Renderer]:
    platform, _, _ = read("platform", parse_file(str(PLATFORM)))
    return load_renderers(platform, str(PLATFORM))


def plans() -> Iterator[tuple[str, Plan]]:
    """The plans of each target's `cases.py`, named target/case."""
    for cases in sorted(HERE.glob("*/cases.py")):
        target = cases.parent.name
        for name, plan in importlib.import_module(f"tests.renderers.{target}.cases").CASES.items():
            yield f"{target}/{name}", plan


def manifests(plan: Plan) -> list[Rendered]:
    return render_plan(plan, renderers())


def main(folder: Path) -> None:
    for name, plan in plans():
        for target, manifest in manifests(plan):
            file = folder / name / target / manifest.filename
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dump(manifest.body), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
