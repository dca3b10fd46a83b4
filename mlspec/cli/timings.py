"""`--timings`: where the time of a run went, stage by stage, in all its processes."""

from __future__ import annotations

import os
from contextlib import nullcontext
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

_spent: dict[str, float] | None = None
"""Stage → seconds of CPU in this process; None while nobody wants to know."""

REST = "rest"

_projects = 0
_NOTHING = nullcontext()


def begin() -> None:
    """From now on, time is taken."""
    global _spent
    _spent = {}


def stage(name: str) -> AbstractContextManager[None]:
    """Takes the time of a block. No stage is within another."""
    return _NOTHING if _spent is None else _Stage(name)


class _Stage:
    __slots__ = ("_name", "_start")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._start = process_time()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if _spent is not None:
            _spent[self._name] = _spent.get(self._name, 0.0) + process_time() - self._start


def taken() -> dict[str, float]:
    """What was taken since the last time this was asked, to be handed to another process."""
    global _spent
    found = dict(_spent or {})
    if _spent is not None:
        _spent = {}
    return found


def add(more: Mapping[str, float]) -> None:
    """Counts what another process has taken."""
    if _spent is not None:
        for name, seconds in more.items():
            _spent[name] = _spent.get(name, 0.0) + seconds


def count(projects: int) -> None:
    """How many projects the time is to be shared out to."""
    global _projects
    _projects = projects


def lines(wall: float) -> Iterator[str]:
    """The table. What no stage has is the start of Python, imports, and this process's own work."""
    spent = dict(_spent or {})
    spent[REST] = _own_cpu() - sum(spent.values())
    yield f"{'stage':12} {'CPU ms':>9} {'ms a project':>13}"
    for name, seconds in spent.items():
        each = f"{seconds * 1000 / _projects:13.2f}" if _projects else ""
        yield f"{name:12} {seconds * 1000:9.1f} {each}"
    yield f"{'wall':12} {wall * 1000:9.1f}"


def _own_cpu() -> float:
    """Seconds of this process, and of those that it has waited for."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system
