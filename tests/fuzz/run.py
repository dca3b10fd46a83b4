"""The command line of the fuzzer.

    python -m tests.fuzz.run --target bytes|trees|specs --executions N --seed S

It prints the figures of the run, keeps what fails in `corpus/`, and exits with 1 where anything
did.
"""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tests.fuzz import engines

if TYPE_CHECKING:
    from tests.fuzz.recorder import Recorder


def main() -> int:
    options = _options()
    engine = options.engine or ("atheris" if find_spec("atheris") else "random")

    def load() -> Recorder:
        """Imports mlspec, so not before the engine is ready to watch it."""
        from tests.fuzz.properties import upstream_is_there
        from tests.fuzz.recorder import Recorder

        if not upstream_is_there():
            print(
                "no upstream schemas (MLSPEC_SHARED): objects pass our own ones only",
                file=sys.stderr,
            )
        return Recorder(options.target, options.executions)

    if engine == "atheris":
        return engines.run_atheris(load, options.seed)
    return engines.run_random(load(), options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--target", choices=("bytes", "trees", "specs"), required=True)
    parser.add_argument("--executions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--engine", choices=("atheris", "random"), help="default: atheris, if it is installed"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
