"""`mlspec runs`: what past runs did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlspec.cli.asked import Asked
from mlspec.cli.local_report import conclusion, overview
from mlspec.local.folder import Folder
from mlspec.local.model import Outcome
from mlspec.local.state import RunState
from tests.cli.conftest import Run
from tests.cli.test_run import small, without_end

__all__ = ["small", "without_end"]


def test_runs_are_listed_and_shown(small: Path, run: Run) -> None:
    assert "no runs yet" in run("runs", code=0).output
    run("run", code=0)
    run("run", "--param", "rows=1", code=0)

    listed = run("runs", code=0).output.splitlines()
    one = run("runs", "last", code=0).output
    [latest, first] = json.loads(run("runs", "--format", "json", code=0).output)

    assert listed[0].split() == ["run", "env", "ended", "took", "steps", "metrics"]
    assert listed[1].startswith(latest["run"])
    assert listed[2].startswith(first["run"])
    assert "parameters: rows=1" in one
    assert "parameter rows 10 → 1" in one
    assert run("runs", first["run"][-4:], code=0).output.startswith(first["run"])


def write_runs(project: Path, *ends: str) -> None:
    """Runs as they are kept, the newest last."""
    for number, end in enumerate(ends):
        place = project / f".mlspec/runs/wine-20260102-030405-{end}"
        place.mkdir(parents=True)
        value = {"run": place.name, "state": "succeeded", "started": number, "steps": {}}
        (place / "run.json").write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        pytest.param({"evaluate-red": {"f1": 0.9, "loss": 2}}, "f1=0.9 loss=2", id="one-model"),
        pytest.param(
            {"clean": {}, "evaluate-red": {"f1": 0.9}, "evaluate-white": {"f1": 0.8}},
            "evaluate-red: f1=0.9, evaluate-white: f1=0.8",
            id="two-models",
        ),
        pytest.param({"clean": {}}, "1 run", id="none"),
    ],
)
def test_metrics_of_several_steps_stand_behind_their_names(
    tmp_path: Path, steps: dict[str, dict[str, float]], told: str
) -> None:
    value = {
        "run": "wine-1", "environment": "local", "state": "succeeded", "started": 0, "finished": 1,
        "steps": {name: {"state": "done", "metrics": found} for name, found in steps.items()},
    }  # fmt: skip
    [_, line] = overview([RunState(tmp_path, value)], busy=False)

    assert line.endswith(f"  {told}")


@pytest.mark.parametrize(
    ("services", "next"),
    [
        ([], "next: `mlspec ui` to look at it"),
        (["red"], "next: `mlspec serve` to serve it, `mlspec ui` to look at it"),
        (["red", "white"], "next: `mlspec serve red` to serve it, `mlspec ui` to look at it"),
    ],
)
def test_what_can_be_served_is_told_after_a_registration(
    tmp_path: Path, services: list[str], next: str
) -> None:
    model = {"name": "wine.local.red", "version": "1", "alias": "champion"}
    steps = {"register-red": {"state": "done", "model": model}}
    value = {"steps": steps, "started": 0, "finished": 1}
    outcome = Outcome("succeeded", value, tmp_path)

    assert list(conclusion(outcome, Asked(), services))[-1] == next


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("abce", "there is no run `abce`; did you mean `wine-20260102-030405-abcd`?"),
        (
            "wine-20260102-030405-abdd",
            "there is no run `wine-20260102-030405-abdd`; "
            "did you mean `wine-20260102-030405-abcd`?",
        ),
        (
            "NOPE",
            "there is no run `NOPE`; the latest: wine-20260102-030405-0600, "
            "wine-20260102-030405-0500, wine-20260102-030405-0400, wine-20260102-030405-0300, "
            "wine-20260102-030405-0200 and 1 more",
        ),
        (
            "00",
            "several runs end in `00`: wine-20260102-030405-0600, wine-20260102-030405-0500, "
            "wine-20260102-030405-0400, wine-20260102-030405-0300, wine-20260102-030405-0200",
        ),
    ],
)
def test_a_run_that_there_is_not(small: Path, run: Run, name: str, told: str) -> None:
    write_runs(small, "abcd", "0200", "0300", "0400", "0500", "0600")

    assert run("runs", name, code=2).output.endswith(f"Error: {told}\n")


def test_there_is_none_yet(small: Path, run: Run) -> None:
    assert "no run `last`; there is none yet" in run("runs", "last", code=2).output


def test_a_run_that_lost_its_process_is_shown_as_crashed(small: Path, run: Run) -> None:
    run("run", code=0)
    [file] = (small / ".mlspec/runs").glob("*/run.json")
    value = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**value, "state": "running"}), encoding="utf-8")

    assert " crashed " in run("runs", code=0).output
    with Folder(small).lock():
        assert " running " in run("runs", code=0).output


ODD: list[Any] = [None, 7, -1, 1e300, 10**400, "text", [], {}, [[]], {"a": {}}, {"a": "b"}]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:12])
def test_a_fact_that_is_not_as_it_should_be_counts_as_absent(
    small: Path, run: Run, odd: Any
) -> None:
    """The state is of another version of mlspec, or somebody has edited it."""
    run("run", code=0)
    [file] = (small / ".mlspec/runs").glob("*/run.json")
    whole = json.loads(file.read_text(encoding="utf-8"))
    optional = ("environment", "params", "finished", "basis", "only", "start", "project", "pid")
    facts = ("state", "key", "reason", "message", "seconds", "metrics", "gate", "model", "attempt")
    steps = {"clean": dict.fromkeys(facts, odd), "odd": odd}
    events = [{"step": "clean", "facts": {fact: odd}} for fact in facts]
    events += [odd, {"step": odd}, {"step": "clean", "facts": odd}]
    for state in ("succeeded", "running"):
        found = {**whole, **dict.fromkeys(optional, odd), "steps": steps, "state": state}
        file.write_text(json.dumps(found), encoding="utf-8")
        lines = "".join(f"{json.dumps(event)}\n" for event in events)
        (file.parent / "events.jsonl").write_text(lines, encoding="utf-8")

        for words in (["runs"], ["runs", "last"], ["runs", "last", "--format", "json"]):
            assert whole["run"] in run(*words, code=0).output
    run("run", code=0)


def test_a_run_of_which_little_is_told(small: Path, run: Run) -> None:
    write_runs(small, "abcd")

    assert "wine-20260102-030405-abcd" in run("runs", code=0).output
    assert "wine-20260102-030405-abcd: succeeded" in run("runs", "last", code=0).output
