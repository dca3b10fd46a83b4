"""How much CPU a start costs, as a multiple of the bare interpreter measured in the same run.

    python -m bench.cold_start [--runs N] [--check]

Whole processes on the example with one of its environments, and on the whole example, which has
three. Cold is what finds neither its cache nor its output; "again" is the same command over both,
with nothing changed. A command line with an option imports click, one of words alone does not, so
both are measured. `--check` exits with 1 when a budget is exceeded. Run it with the virtual
environment's own interpreter.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from bench.measure import (
    EXAMPLE,
    MLSPEC,
    Row,
    Spent,
    emptied,
    figure,
    ratio,
    rows_table,
    spend,
    with_bare,
    workplace,
)

# what → (must reach, aim), as multiples of bare python
BUDGETS: dict[str, tuple[float, float]] = {
    "`mlspec --version`": (4, 3),
    "`mlspec --help`": (4, 3),
    "`mlspec validate`, cold": (12, 7),
    "`mlspec render`, cold": (15, 9),
    "`mlspec verify`, cold": (15, 9),
    "`mlspec render` again": (6, 4.5),
    "`mlspec verify` again": (6, 4.5),
}


def one_environment(folder: Path) -> Path:
    """The example without the overlays of `local` and `dev`."""
    place = folder / "example"
    place.mkdir()
    shutil.copy(EXAMPLE / "mlspec.lock", place)
    shutil.copy(EXAMPLE.parent / "platform.yaml", folder)
    text = (EXAMPLE / "project.yaml").read_text(encoding="utf-8")
    before, after = text.partition("  local:\n")[0], text.partition("  prod:\n")[2]
    (place / "project.yaml").write_text(f"{before}  prod:\n{after}", encoding="utf-8")
    return place


def work(folder: Path) -> dict[str, Callable[[], Spent]]:
    """What → how it is run once."""
    project = str(one_environment(folder))
    kept, here = folder / "cache", emptied(folder / "here")
    spend((MLSPEC, "render", project), here, cache=kept)

    def cold(*arguments: str) -> Callable[[], Spent]:
        return lambda: spend((MLSPEC, *arguments), here, cache=emptied(folder / "no-cache"))

    def render(*arguments: str) -> Callable[[], Spent]:
        command = (MLSPEC, "render", *arguments)
        fresh = folder / "fresh"
        return lambda: spend(command, emptied(fresh), cache=emptied(folder / "no-cache"))

    def again(*arguments: str) -> Callable[[], Spent]:
        return lambda: spend((MLSPEC, *arguments), here, cache=kept)

    return {
        "`mlspec --version`": cold("--version"),
        "`mlspec --help`": cold("--help"),
        "`mlspec validate`, cold": cold("validate", project),
        "`mlspec render`, cold": render(project),
        "`mlspec verify`, cold": cold("verify", project),
        "`mlspec render` again": again("render", project),
        "`mlspec verify` again": again("verify", project),
        "`mlspec validate` again": again("validate", project),
        "`mlspec render --env prod`, cold": render("--env", "prod", project),
        "`mlspec render --env prod` again": again("render", "--env", "prod", project),
        "`mlspec validate`, cold, three environments": cold("validate", str(EXAMPLE)),
        "`mlspec render`, cold, three environments": render(str(EXAMPLE)),
    }


def rows(runs: int = 9) -> list[Row]:
    """Bare python in milliseconds, and the others as multiples of it."""
    with workplace() as folder:
        spent, units = with_bare(work(folder), runs)
    found = [
        Row(what, ratio(each, units), " x", *BUDGETS.get(what, ())) for what, each in spent.items()
    ]
    return [Row("`python -c pass`", figure(units), " ms"), *found]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = rows(options.runs)
    print(rows_table(found))
    if options.check and any(row.must and row.figure.middle > row.must for row in found):
        raise SystemExit("over budget")


if __name__ == "__main__":
    main()
