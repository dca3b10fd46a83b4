"""The work of `mlspec render`."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from mlspec.cli.building import Order
from mlspec.cli.reporting import AS_EVER, Reporting, report
from mlspec.cli.running import AS_BEST, Running, built_at, must_exist
from mlspec.cli.spool import Spool
from mlspec.cli.writing import How, is_in_place, write

if TYPE_CHECKING:
    from collections.abc import Sequence

STDOUT = "-"


def command(
    paths: Sequence[str],
    environment: str | None = None,
    output: str = "generated",
    force: bool = False,
    built_in_only: bool = False,
    platform: str | None = None,
    reporting: Reporting = AS_EVER,
    running: Running = AS_BEST,
) -> None:
    start = perf_counter()
    to_stdout = output == STDOUT
    if to_stdout:
        from mlspec.cli.stream import must_fit

        must_fit(environment, force)
    told = sys.stderr if to_stdout else sys.stdout
    known = None if to_stdout else is_in_place(Path(output), running.store())
    with Spool() as spool:
        order = Order(platform, not built_in_only, True, environment, spool=spool)
        built = built_at(paths, order, running, reporting, known)
        results = [each.result for each in built]
        if any(result.failed for result in results):
            report(results, reporting, perf_counter() - start, stream=told)
            raise SystemExit(1)
        must_exist(results, environment)
        if built_in_only:
            from mlspec.cli.stream import must_be_built_in

            must_be_built_in(results)
        wrong = [diagnostic for each in built for diagnostic in each.wrong]
        lines: list[str] = []
        if not wrong and not to_stdout:
            how = How(Path(output), environment, force, running.jobs, reporting.quiet)
            written = write(built, how)
            wrong = [diagnostic for each in written for diagnostic in each.wrong]
            lines = [each.line for each in written if each.line]
        has_warnings = any(result.diagnostics for result in results)
        if wrong or has_warnings or reporting.format != "text":
            report(results, reporting, perf_counter() - start, wrong, stream=told)
        if to_stdout and not wrong:
            from mlspec.cli.stream import print_stream

            print_stream(each.tree for each in built if each.tree is not None)
        elif reporting.format == "text" and not reporting.quiet:
            for line in lines:
                print(line)
        if wrong:
            raise SystemExit(1)
