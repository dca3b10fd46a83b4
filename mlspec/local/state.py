"""What is known of a run, while it goes on and afterwards: `run.json` and `events.jsonl`.

Each event is appended as it happens; `run.json` is written when a run begins and when it ends. Of a
run that goes on, or that was killed, the events tell what `run.json` does not know yet.
"""

from __future__ import annotations

import json
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlspec.local.facts import run_facts, step_facts
from mlspec.local.files import read_object, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlspec.local.folder import Folder

RUN_FILE = "run.json"
EVENTS_FILE = "events.jsonl"
CRASHED = "crashed"
"""The state of a run whose process has gone without a word."""
UNFINISHED = ("running", "interrupted")


def _new_place(folder: Folder, project: str) -> Path:
    """`PROJECT-YYYYMMDD-HHMMSS-xxxx`, in local time: people read it."""
    while True:
        name = f"{project}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        with suppress(FileExistsError):
            (folder.runs / name).mkdir()
            return folder.runs / name


class RunState:
    """One run, on disk at any moment. `state` of the run and of each step:

    run: running, succeeded, failed, interrupted;
    step: waiting, running, done, cached, failed, skipped, interrupted.
    """

    def __init__(self, place: Path, value: dict[str, Any]) -> None:
        self.place = place
        self.value = value

    @classmethod
    def create(cls, folder: Folder, project: str, steps: Iterable[str], **facts: Any) -> RunState:
        place = _new_place(folder, project)
        (place / "logs").mkdir()
        waiting = {name: {"state": "waiting"} for name in steps}
        own = {"run": place.name, "state": "running", "started": time.time(), "project": project}
        return cls(place, {**own, **facts, "steps": waiting})

    @property
    def run(self) -> str:
        return str(self.value["run"])

    @property
    def work(self) -> Path:
        return self.place / "work"

    def log(self, step: str) -> Path:
        return self.place / "logs" / f"{step}.log"

    def update(self, **facts: Any) -> None:
        self.value |= facts
        write_json(self.place / RUN_FILE, self.value)

    def event(self, kind: str, step: str, **facts: Any) -> None:
        """Something that happened to a step, and what is known of it since. One write, so that no
        line is a part of one."""
        self.value["steps"].setdefault(step, {}).update(facts)
        line = json.dumps({"time": time.time(), "event": kind, "step": step, "facts": facts})
        with (self.place / EVENTS_FILE).open("ab") as stream:
            stream.write(f"{line}\n".encode())

    @classmethod
    def read(cls, place: Path) -> RunState | None:
        """A run as it was left; None if there is none that can be read."""
        value = run_facts(read_object(place / RUN_FILE))
        if value is None:
            return None
        if value["state"] == "running":
            for step, facts in _events(place / EVENTS_FILE):
                value["steps"].setdefault(step, {"state": "waiting"}).update(facts)
        return cls(place, value)


def runs_of(folder: Folder) -> Iterator[RunState]:
    """All runs that can be read, the newest first."""
    places = folder.runs.iterdir() if folder.runs.is_dir() else ()
    found = [state for place in places if (state := RunState.read(place))]
    yield from sorted(found, key=lambda state: float(state.value["started"]), reverse=True)


def to_resume(folder: Folder, basis: str) -> RunState | None:
    """The latest run, if it has not come to its end and was of the very same things. Only who holds
    the folder's lock may ask: a run that still says `running` has lost its process then."""
    latest = next(runs_of(folder), None)
    if latest is None or latest.value["state"] not in UNFINISHED:
        return None
    if latest.value.get("basis") == basis:
        return latest
    if latest.value["state"] == "running":
        latest.update(state=CRASHED)
    return None


def result_keys(value: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The results that a run refers to, as step and key."""
    return {(name, step["key"]) for name, step in value["steps"].items() if "key" in step}


def _events(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those that were written whole: the step, and what is known of it since."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and isinstance(event.get("step"), str):
            yield event["step"], step_facts(event.get("facts"))
