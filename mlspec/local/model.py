"""What a run is asked to do, what it tells while it goes on, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from mlspec.local.process import GRACE_SECONDS
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from mlspec.plan.model import Plan


class Request(Record):
    """`only` runs one step, `start` a step and all after it. `params` are other values for
    parameters, by name. `grace_seconds` is what a program gets to end when it is asked to."""

    plan: Plan
    project: Path
    jobs: int = 1
    only: str = ""
    start: str = ""
    params: Mapping[str, str] = {}
    use_cache: bool = True
    grace_seconds: float = GRACE_SECONDS


class Event(NamedTuple):
    """Something that happened to a step. `kind`: started, cached, done, again (failed, and another
    attempt follows), failed, skipped, interrupted. `text` is the reason, in words."""

    kind: str
    step: str
    text: str = ""
    seconds: float = 0.0


class Listener(Protocol):
    """Who is told of a run while it goes on. `every` is how often `tick` is to be called, in
    seconds; 0: never."""

    every: float

    def begin(self, run: str, steps: tuple[str, ...], logs: Path, resumed: bool) -> None: ...
    def event(self, event: Event) -> None: ...
    def tick(self) -> None: ...
    def end(self) -> None: ...


class Outcome(NamedTuple):
    """`state` is succeeded, failed or interrupted; `value` is what run.json says."""

    state: str
    value: Mapping[str, Any]
    place: Path
