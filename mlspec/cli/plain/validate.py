"""The work of `mlspec validate`."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from mlspec.cli.building import Order
from mlspec.cli.reporting import AS_EVER, Reporting, projects_at, report
from mlspec.cli.running import AS_BEST, Running, built_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.cli.compilation import Compilation
    from mlspec.cli.fixing import Mending


def command(
    paths: Sequence[str],
    platform: str | None = None,
    fix: bool = False,
    reporting: Reporting = AS_EVER,
    running: Running = AS_BEST,
) -> None:
    start = perf_counter()
    if not fix:
        order = Order(platform, own_renderers=False)
        built = built_at(paths, order, running, reporting)
        if report([each.result for each in built], reporting, perf_counter() - start):
            raise SystemExit(1)
        return
    from mlspec.cli.fixing import fix_all

    def compile() -> list[Compilation]:
        return projects_at(paths, platform, strict=reporting.strict, own_renderers=False)

    done = fix_all(compile, paths)
    has_errors = report(done.results, reporting, perf_counter() - start, done.wrong)
    if not reporting.quiet:
        for line in _lines(done):
            print(line, file=sys.stdout if reporting.format == "text" else sys.stderr)
    if has_errors:
        raise SystemExit(1)


def _lines(done: Mending) -> Iterator[str]:
    for file, count in done.counts.items():
        yield f"mended {count} mistake{'' if count == 1 else 's'} in {file}"
    for file, why in done.left.items():
        yield f"left {file} as it is: {why}"
