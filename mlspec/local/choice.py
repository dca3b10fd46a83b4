"""Whether a step has to run: whether a result of just what it depends on now is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlspec.local.code import keep
from mlspec.local.parts import Parts, differences, key_of
from mlspec.local.present import source_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.local.folder import Folder
    from mlspec.local.present import Present
    from mlspec.local.results import Result, Results
    from mlspec.local.selection import Mode
    from mlspec.plan.model import Step


class Choice(NamedTuple):
    """`result` is there if the step need not run; `reason` says why it is so."""

    parts: Parts
    base: str
    key: str
    result: Result | None
    reason: str


class Chooser:
    """Chooses for the steps of one run. `run` is its name; `taken` are the results that the steps
    which are `needed` have in any case."""

    def __init__(
        self,
        present: Present,
        folder: Folder,
        results: Results,
        *,
        run: str,
        taken: Mapping[str, Result],
    ) -> None:
        self._present, self._folder, self._results = present, folder, results
        self._run, self._taken = run, taken

    def choose(self, step: Step, mode: Mode, inputs: Mapping[str, str]) -> Choice:
        """`inputs` are the digests of what the step reads."""
        parts = self._present.parts(step, inputs)
        base = key_of(parts)
        volatile = why_volatile(step)
        key = key_of(parts, self._run) if volatile else base
        found = self._found(step.name, mode, base, key)
        if found is not None:
            found.mark_used()
            return Choice(parts, base, found.key, found, self._why_kept(step, found, parts))
        keep(self._folder, self._present.code_of(step))
        return Choice(parts, base, key, None, self._why_run(step, mode, parts))

    def key_for_this_run(self, choice: Choice) -> str:
        """For a result that other runs must not find."""
        return key_of(choice.parts, self._run)

    def _found(self, step: str, mode: Mode, base: str, key: str) -> Result | None:
        if mode == "needed":
            return self._taken[step]
        if mode == "earlier":
            fitting = (r for r in self._results.of_step(step) if r.base == base)
            return next((result for result in fitting if result.is_intact), None)
        result = self._results.get(step, key)
        if result is None or not result.is_intact:
            return None
        return result if mode == "auto" or result.run == self._run else None

    def _why_kept(self, step: Step, result: Result, parts: Parts) -> str:
        if result.run == self._run:
            return "it had finished before the run was interrupted"
        changes = self._differences(step, result, parts)
        if changes:
            return f"taken from an earlier run; since then: {'; '.join(changes)}"
        if result.is_of_one_run:
            return "taken from an earlier run, in which files changed meanwhile"
        return "taken from an earlier run" if why_volatile(step) else _UNCHANGED

    def _why_run(self, step: Step, mode: Mode, parts: Parts) -> str:
        if mode == "anew":
            return "asked for"
        before = next(self._results.of_step(step.name), None)
        if before is None:
            return "first run"
        changes = self._differences(step, before, parts)
        if changes:
            return "; ".join(changes)
        return why_volatile(step) or "its earlier result is gone or was changed by hand"

    def _differences(self, step: Step, result: Result, parts: Parts) -> list[str]:
        return differences(result.parts, parts, self._present.code_of(step), self._folder)


_UNCHANGED = "nothing it depends on has changed"


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
