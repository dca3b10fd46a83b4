"""What each stage of the compiler takes a project, in this process.

    python -m bench.stages [--projects N]

As `--timings` takes it; what is left over is the command around the stages. One process, no cache,
processor time.
"""

from __future__ import annotations

import argparse
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from bench.measure import has_option, jobs, shown, table, workplace
from bench.monorepo import write
from mlspec.cli import timings
from mlspec.cli.timings import REST

STAGES = ("parse", "read", "check", "plan", "render", "schema", "emit", "write")
"""Of those that `--timings` tells of; what the others take is counted with the rest."""


def run(command: str, repo: Path, output: Path) -> None:
    """A command of mlspec in this process, without a cache and on one core."""
    from mlspec.cli.app import app

    where = ["-o", str(output)] if command == "render" else []
    options = [*jobs(command, 1), *(["--no-cache"] if has_option(command, "--no-cache") else [])]
    with redirect_stdout(StringIO()) as said:
        try:
            app.main([command, str(repo), *options, *where], "mlspec", standalone_mode=False)
        except SystemExit as end:
            if end.code:
                raise SystemExit(said.getvalue()) from None


def run_timed(command: str, repo: Path, output: Path) -> dict[str, float]:
    """Stage → seconds of processor time. It must have run before: what a module imports later
    would be counted with the rest."""
    timings.begin()
    start = time.process_time()
    run(command, repo, output)
    spent = time.process_time() - start
    found = {stage: seconds for stage, seconds in timings.taken().items() if stage in STAGES}
    return {**found, REST: spent - sum(found.values())}


def profile(command: str, projects: int) -> dict[str, float]:
    with workplace() as folder:
        write(folder / "repo", projects, 1)
        write(folder / "few", 3, 1)
        run(command, folder / "few", folder / "first")
        return run_timed(command, folder / "repo", folder / "generated")


def profile_table(projects: int = 100) -> str:
    found = [profile(command, projects) for command in ("render", "validate")]
    lines = []
    for stage in (*STAGES, REST):
        line = [stage]
        for each in found:
            spent, total = each.get(stage, 0.0), sum(each.values())
            line += [shown(spent * 1000 / projects), f"{spent / total:.0%}"] if spent else ["", ""]
        lines.append(line)
    totals = [sum(each.values()) * 1000 / projects for each in found]
    lines.append(["all", shown(totals[0]), "", shown(totals[1]), ""])
    head = ("stage", "`render`, ms a project", "", "`validate`, ms a project", "")
    return table(head, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--projects", type=int, default=100)
    wanted = parser.parse_args()
    print(profile_table(wanted.projects))


if __name__ == "__main__":
    main()
