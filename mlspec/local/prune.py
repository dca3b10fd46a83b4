"""What is kept of the past: the latest runs, and the results that they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.local.files import remove
from mlspec.local.state import result_keys, runs_of

if TYPE_CHECKING:
    from mlspec.local.folder import Folder
    from mlspec.local.results import Results

KEPT_RUNS = 20


def prune(folder: Folder, results: Results) -> None:
    """Removes older runs, and the results that only they had. Models that were registered are
    MLflow's, and stay."""
    runs = list(runs_of(folder))
    if len(runs) <= KEPT_RUNS:
        return
    for state in runs[KEPT_RUNS:]:
        remove(state.place)
    used = {key for state in runs[:KEPT_RUNS] for key in result_keys(state.value)}
    results.keep_only(used)
