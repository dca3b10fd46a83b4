"""What the steps of a pipeline depend on, as it is now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.local.code import project_code, python_digest, runtime_code
from mlspec.local.parts import is_ours, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.local.code import Code
    from mlspec.local.digests import Index
    from mlspec.local.folder import Folder
    from mlspec.local.parts import Parts
    from mlspec.plan.model import Pipeline, Step


class Present:
    """Looks at the project's code once, and anew after `look_again`."""

    def __init__(self, pipeline: Pipeline, folder: Folder, index: Index) -> None:
        self._pipeline, self._folder, self._index = pipeline, folder, index
        files = (source_file(step) for step in pipeline.steps)
        self._data = frozenset(str((folder.project / f).resolve()) for f in files if f)
        self._named = frozenset(_words(pipeline))
        self.python = python_digest()
        self._project: Code | None = None
        self._runtime: Code | None = None

    def look_again(self) -> None:
        """To be called when programs have run, or the user has had time to change something."""
        self._project = None

    def code_of(self, step: Step) -> Code:
        """Of the programs that the step may run."""
        if is_ours(step):
            self._runtime = self._runtime or runtime_code(self._index)
            return self._runtime
        self._project = self._project or project_code(
            self._folder, self._index, self._data, self._named
        )
        return self._project

    def parts(self, step: Step, inputs: Mapping[str, str]) -> Parts:
        """`inputs` are the digests of what the step reads of others."""
        known = {**inputs, **self._source(step)}
        return parts_of(step, self._pipeline, known, self.code_of(step), self.python)

    def changed_since(self, step: Step, parts: Parts) -> str:
        """What has changed while the step ran, in words: nobody knows which of it the step has
        read."""
        if parts["code"] != self.code_of(step).digest:
            return "files of the project changed while it ran"
        for file, digest in self._source(step).items():
            if parts["inputs"][file] != digest:
                return f"{file} changed while it was read"
        return ""

    def _source(self, step: Step) -> dict[str, str]:
        """The content of what it reads of the project; and the time too, where the step tells how
        new the data is."""
        file = source_file(step)
        if not file:
            return {}
        path = self._folder.project / file
        if not path.exists():
            return {file: "missing"}
        tells_time = any(output.name == "timestamp" for output in step.outputs)
        return {file: self._index.tree(path) + (f" {_newest(path)}" if tells_time else "")}


def source_file(step: Step) -> str:
    """The file or folder of the project that an ingest step reads; empty if it reads none."""
    if step.kind != "ingest" or step.fetch is not None or not is_ours(step):
        return ""
    for flag, value in zip(step.argv, step.argv[1:], strict=False):
        if flag == ("--from",) and len(value) == 1 and isinstance(value[0], str):
            return value[0]
    return ""


def _words(pipeline: Pipeline) -> Iterator[str]:
    """All words of all commands that are given as they are."""
    for step in pipeline.steps:
        for word in step.argv:
            if len(word) == 1 and isinstance(word[0], str):
                yield word[0]


def _newest(path: Path) -> int:
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return max(file.stat().st_mtime_ns for file in files if file.exists())
