"""What each stage of the compiler takes a project, in this process.

    python -m bench.stages [--projects N]

The functions that are stages are wrapped, wherever they have been imported to; a stage's time is
its own, without that of stages that it calls. What is left over is the command around them. One
process, no cache, processor time.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import wraps
from io import StringIO
from pathlib import Path
from types import GeneratorType
from typing import Any

from bench.measure import has_option, jobs, shown, table, workplace
from bench.monorepo import write

# A stage is what has these names, as `module:function`.
STAGES: dict[str, tuple[str, ...]] = {
    "parse": ("mlspec.source.parser:parse_file",),
    "model": (
        "mlspec.language.reader:read",
        "mlspec.language.overlays:as_meant",
        "mlspec.language.overlays:overlaid",
    ),
    "checks": (
        "mlspec.checks:run_checks",
        "mlspec.checks.dataflow:dataflow_of",
        "mlspec.checks.gaps:without_echoes",
        "mlspec.checks.platform:check_platform",
        "mlspec.checks.secrets:secrets_in",
        "mlspec.checks.templates:templates_in",
        "mlspec.cli.silencing:with_policy",
    ),
    "plan": ("mlspec.plan.build:build_plan",),
    "render": ("mlspec.cli.targets:render_plan",),
    "schema": ("mlspec.output.schemas:schema_errors",),
    "emit": ("mlspec.output.yaml_writer:dump",),
    "write": ("mlspec.output.tree:write_tree", "mlspec.output.tree:write_trees"),
}
REST = "the rest"


class Clock:
    """The processor time of each stage. `moved` are the names that no longer exist."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.moved: list[str] = []
        self._running: list[str] = []
        self._since = 0.0

    def enter(self, stage: str) -> None:
        self._settle()
        self._running.append(stage)

    def leave(self) -> None:
        self._settle()
        self._running.pop()

    def _settle(self) -> None:
        """What has passed belongs to the stage that was running."""
        now = time.process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


@contextmanager
def timed() -> Iterator[Clock]:
    """While it lasts, the stages are timed."""
    clock = Clock()
    replaced: list[tuple[Any, str, Any]] = []
    for stage, names in STAGES.items():
        for name in names:
            function = _function(name)
            if function is None:
                clock.moved.append(name)
                continue
            replaced += _replace(function, _wrapped(function, stage, clock))
    try:
        yield clock
    finally:
        for module, name, function in replaced:
            setattr(module, name, function)


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    try:
        return getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError:
        return None


def _wrapped(function: Callable[..., Any], stage: str, clock: Clock) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        clock.enter(stage)
        try:
            found = function(*args, **kwargs)
            return iter(list(found)) if isinstance(found, GeneratorType) else found
        finally:
            clock.leave()

    return call


def _replace(function: Any, by: Any) -> list[tuple[Any, str, Any]]:
    """Puts `by` wherever a module of mlspec has the function; returns what was there."""
    found = [
        (module, name, function)
        for key, module in list(sys.modules.items())
        if key.partition(".")[0] in ("mlspec", "bench")
        for name, value in list(vars(module).items())
        if value is function
    ]
    for module, name, _ in found:
        setattr(module, name, by)
    return found


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


def run_timed(command: str, repo: Path, output: Path) -> Clock:
    """It must have run before: what a module imports later would not be timed."""
    with timed() as clock:
        clock.enter(REST)
        run(command, repo, output)
        clock.leave()
    return clock


def profile(command: str, projects: int) -> Clock:
    with workplace() as folder:
        write(folder / "repo", projects, 1)
        write(folder / "few", 3, 1)
        run(command, folder / "few", folder / "first")
        return run_timed(command, folder / "repo", folder / "generated")


def profile_table(projects: int = 100) -> str:
    clocks = {command: profile(command, projects) for command in ("render", "validate")}
    lines = []
    for stage in (*STAGES, REST):
        line = [stage]
        for clock in clocks.values():
            total = sum(clock.seconds.values())
            spent = clock.seconds[stage]
            line += [shown(spent * 1000 / projects), f"{spent / total:.0%}"] if spent else ["", ""]
        lines.append(line)
    totals = [sum(clock.seconds.values()) * 1000 / projects for clock in clocks.values()]
    lines.append(["all", shown(totals[0]), "", shown(totals[1]), ""])
    head = ("stage", "`render`, ms a project", "", "`validate`, ms a project", "")
    moved = {name for clock in clocks.values() for name in clock.moved}
    said = f"\n\nNo longer there, so counted as the rest: {', '.join(sorted(moved))}"
    return table(head, lines) + (said if moved else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--projects", type=int, default=100)
    wanted = parser.parse_args()
    print(profile_table(wanted.projects))


if __name__ == "__main__":
    main()
