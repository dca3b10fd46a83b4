"""Runs the pipeline of `steps.py` in the current folder, as a process that tests can kill.

    python -m tests.local.driver STEPS_FILE PROJECT

STEPS_FILE is Python: an expression that gives the steps. Prints each event as it happens.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mlspec.local.display import PlainLines
from mlspec.local.model import Request
from mlspec.local.run import run
from mlspec.plan.model import Retry
from tests.local.pipelines import plan, step


def main(steps_file: str, project: str) -> int:
    names: dict[str, Any] = {"step": step, "Retry": Retry}
    steps = eval(Path(steps_file).read_text(encoding="utf-8"), names)
    request = Request(plan=plan(*steps), project=Path(project), jobs=4, grace_seconds=0.3)
    outcome = run(request, PlainLines(sys.stdout))
    print(outcome.state)
    return {"succeeded": 0, "failed": 1, "interrupted": 130}[outcome.state]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
