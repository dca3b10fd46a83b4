"""Whether a step has to run: what it depends on now, and whether a result of just that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlspec.local.code import keep, project_code, python_digest, runtime_code
from mlspec.local.parts import Parts, differences, is_ours, key_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.local.code import Code
    from mlspec.local.digests import Index
    from mlspec.local.folder import Folder
    from mlspec.local.results import Result, Results
    from mlspec.local.selection import Mode
    from mlspec.plan.model import Pipeline, Step


class Choice(NamedTuple):
    """`result` is there if the step need not run; `reason` says why it is so."""

    parts: Parts
    base: str
    key: str
    result: Result | None
    reason: str


class Chooser:
    """Chooses for the steps of one run. `run` is its name."""

    def __init__(
        self, pipeline: Pipeline, folder: Folder, results: Results, index: Index, run: str
    ) -> None:
        self._pipeline, self._folder, self._results = pipeline, folder, results
        self._index, self._run = index, run
        files = (source_file(step) for step in pipeline.steps)
        self._data = frozenset(str((folder.project / f).resolve()) for f in files if f)
        self._python = python_digest()
        self._runtime: Code | None = None

    def choose(self, step: Step, mode: Mode, inputs: Mapping[str, str]) -> Choice:
        """`inputs` are the digests of what the step reads."""
        code = self.code_of(step)
        parts = self._parts(step, inputs, code)
        base = key_of(parts)
        volatile = why_volatile(step)
        key = key_of(parts, self._run) if volatile else base
        found = self._found(step.name, mode, base, key)
        if found is not None:
            return Choice(parts, base, found.key, found, self._why_kept(found, volatile))
        keep(self._folder, code)
        return Choice(parts, base, key, None, self._why_run(step, mode, parts, code, volatile))

    def code_of(self, step: Step) -> Code:
        """Of the programs that the step may run, as they are now."""
        if not is_ours(step):
            return project_code(self._folder, self._index, self._data)
        self._runtime = self._runtime or runtime_code(self._index)
        return self._runtime

    def key_for_this_run(self, choice: Choice) -> str:
        """For a result that other runs must not find."""
        return key_of(choice.parts, self._run)

    def _parts(self, step: Step, inputs: Mapping[str, str], code: Code) -> Parts:
        known = dict(inputs)
        file = source_file(step)
        if file:
            known[file] = self._of_source(step, self._folder.project / file)
        return parts_of(step, self._pipeline, known, code, self._python)

    def _of_source(self, step: Step, path: Path) -> str:
        """The content; and the time too, where the step tells how new the data is."""
        if not path.exists():
            return "missing"
        tells_time = any(output.name == "timestamp" for output in step.outputs)
        return self._index.tree(path) + (f" {_newest(path)}" if tells_time else "")

    def _found(self, step: str, mode: Mode, base: str, key: str) -> Result | None:
        if mode in ("earlier", "needed"):
            fitting = (r for r in self._results.of_step(step) if r.base == base)
            return next((result for result in fitting if result.is_intact), None)
        result = self._results.get(step, key)
        if result is None or not result.is_intact:
            return None
        return result if mode == "auto" or result.run == self._run else None

    def _why_kept(self, result: Result, volatile: str) -> str:
        if result.run == self._run:
            return "it had finished before the run was interrupted"
        return "taken from an earlier run" if volatile else "nothing it depends on has changed"

    def _why_run(self, step: Step, mode: Mode, parts: Parts, code: Code, volatile: str) -> str:
        if mode == "anew":
            return "asked for"
        before = next(self._results.of_step(step.name), None)
        if before is None:
            return "first run"
        changes = differences(before.parts, parts, code, self._folder)
        if changes:
            return "; ".join(changes)
        return volatile or "its earlier result is gone or was changed by hand"


def why_volatile(step: Step) -> str:
    """Why a result of the step serves its own run only; empty if any run may use it."""
    if step.kind == "ingest":
        return "" if source_file(step) else "its data come from outside"
    if step.kind == "gate":
        return "a gate compares with what is live now"
    if step.kind in ("register", "report"):
        return "every run does this"
    is_about_age = any(word == ("--freshness",) for word in step.argv)
    return "it judges how old the data is by now" if is_about_age else ""


def source_file(step: Step) -> str:
    """The file or folder of the project that an ingest step reads; empty if it reads none."""
    if step.kind != "ingest" or step.fetch is not None or not is_ours(step):
        return ""
    for flag, value in zip(step.argv, step.argv[1:], strict=False):
        if flag == ("--from",) and len(value) == 1 and isinstance(value[0], str):
            return value[0]
    return ""


def _newest(path: Path) -> int:
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return max(file.stat().st_mtime_ns for file in files if file.exists())
