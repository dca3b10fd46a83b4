"""What is kept of the past: the latest runs, and the results that they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.local.files import remove
from mlspec.local.state import result_keys, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.local.folder import Folder
    from mlspec.local.results import Results

KEPT_RUNS = 20


def prune(folder: Folder, results: Results, steps: Iterable[str]) -> None:
    """Removes older runs, and the results that only they had: of each of the pipeline's `steps` the
    latest that can be used stays in any case. Models that were registered are MLflow's, and stay.
    """
    runs = list(runs_of(folder))
    if len(runs) <= KEPT_RUNS:
        return
    for state in runs[KEPT_RUNS:]:
        remove(state.place)
    used = {key for state in runs[:KEPT_RUNS] for key in result_keys(state.value)}
    for step in steps:
        latest = next((r for r in results.of_step(step) if r.is_intact), None)
        if latest is not None:
            used.add((step, latest.key))
    codes = results.keep_only(used)
    for file in folder.code.iterdir():
        if file.stem not in codes:
            remove(file)
