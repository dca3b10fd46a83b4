"""A run in words: lines in a pipe, an area that is drawn anew on a terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from mlspec.local.display import PlainLines, Tail, duration
from mlspec.local.live import LiveLines, is_terminal
from mlspec.local.model import Event

EVENTS = (
    Event("started", "clean", "first run"),
    Event("again", "clean", "exit code 1; attempt 2 of 3 in 0 s"),
    Event("done", "clean", "", 1.25),
    Event("cached", "ingest-a", "nothing it depends on has changed"),
    Event("started", "train", "inputs changed: tidy"),
    Event("failed", "train", "exit code 3", 75.0),
    Event("skipped", "register"),
)
STEPS = ("clean", "ingest-a", "train", "register")


def show(display: PlainLines, logs: Path) -> None:
    display.begin("wine-1", STEPS, logs, False)
    for event in EVENTS:
        display.event(event)
    display.end()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "train.log").write_text("boom\n", encoding="utf-8")
    return tmp_path


def test_lines_in_a_pipe(logs: Path) -> None:
    stream = io.StringIO()

    show(PlainLines(stream), logs)

    assert stream.getvalue().splitlines() == [
        "run wine-1",
        "clean     run: first run",
        "clean     failed: exit code 1; attempt 2 of 3 in 0 s",
        "clean     done 1.2 s",
        "ingest-a  cached (nothing it depends on has changed)",
        "train     run: inputs changed: tidy",
        "train     FAILED after 1 min 15 s: exit code 3",
        "  | boom",
        f"  log: {logs / 'train.log'}",
        "register  skipped",
    ]


def screen(text: str) -> list[str]:
    """What a terminal shows in the end: it obeys `up N lines and clear`, and shows no colours."""
    lines: list[str] = []
    plain = re.sub(r"\x1b\[\d*m", "", text)
    for line in plain.splitlines():
        up = re.match(r"\x1b\[(\d+)F\x1b\[J", line)
        if up:
            del lines[-int(up[1]) :]
        lines.append(line[up.end() :] if up else line)
    return lines


def test_on_a_terminal_nothing_is_left_of_what_was_drawn(
    logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()

    show(LiveLines(stream), logs)

    assert screen(stream.getvalue()) == [
        "run wine-1",
        "clean     failed: exit code 1; attempt 2 of 3 in 0 s",
        "clean     done 1.2 s (first run)",
        "ingest-a  cached (nothing it depends on has changed)",
        "train     FAILED after 1 min 15 s: exit code 3",
        "  | boom",
        f"  log: {logs / 'train.log'}",
        "register  skipped",
    ]
    assert "\x1b[31mFAILED" in stream.getvalue()
    assert "2 of 4 steps" in stream.getvalue()


def test_no_colour_where_none_is_wanted(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()

    show(LiveLines(stream), logs)

    assert "\x1b[31m" not in stream.getvalue()


def test_a_pipe_is_no_terminal() -> None:
    assert not is_terminal(io.StringIO())


def test_followed_logs_come_line_by_line_each_once(tmp_path: Path) -> None:
    log = tmp_path / "clean.log"
    log.write_text("of an earlier attempt\n", encoding="utf-8")
    tail = Tail(log)
    with log.open("a", encoding="utf-8") as stream:
        stream.write("one\ntw")
    assert tail.lines() == ["one"]
    with log.open("a", encoding="utf-8") as stream:
        stream.write("o\n")

    assert tail.lines() == ["two"]
    assert tail.lines() == []


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (61, "1 min 01 s"), (3725, "1 h 02 min")],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
