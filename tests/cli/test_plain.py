"""A verb and paths alone are run without click, and nobody can tell but by the clock."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from mlspec.cli.app import app
from mlspec.cli.plain import VERBS
from mlspec.cli.reporting import Reporting
from mlspec.cli.running import Running
from tests.cli.conftest import Run
from tests.cli.processes import ENVIRON, MLSPEC, mlspec, python
from tests.cli.samples import PLATFORM, PROJECT, write


@pytest.fixture
def place(place: Path) -> Path:
    write(place, {"platform.yaml": PLATFORM.split("renderers:")[0]})
    return place


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_left_out_is_the_same(verb: str) -> None:
    group = app.make_context("mlspec", [verb])
    declared = import_module(f"mlspec.cli.{verb}").command
    work = import_module(f"mlspec.cli.plain.{verb}").command
    defaults = dict(declared.make_context(verb, [], parent=group).params)
    taken = inspect.signature(work).parameters

    for options in (Reporting, Running):
        assert {name: defaults.pop(name) for name in options._fields} == options()._asdict()
    assert taken["reporting"].default == Reporting() and taken["running"].default == Running()
    names = taken.keys() - {"paths", "reporting", "running"}
    assert {"paths": (), **{name: taken[name].default for name in names}} == defaults


def without_time(text: str) -> str:
    return text.rpartition(" (")[0] if text.endswith(" s)\n") else text


CASES = {
    "well": {},
    "a mistake": {"wine/project.yaml": PROJECT.replace("inputs: [raw]", "inputs: [rew]")},
    "no project": {"wine/project.yaml": None},
    "a path that is not there": {},
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", CASES)
def test_it_says_and_does_what_click_would(verb: str, case: str, run: Run, place: Path) -> None:
    for name, text in CASES[case].items():
        (place / name).unlink()
        write(place, {name: text} if text is not None else {})
    words = [verb, "nowhere"] if "path" in case else [verb]
    before = run(*words, "--no-cache")  # with an option: click's way
    done = mlspec(place, *words)

    if verb == "render" and case == "well":
        assert before.stdout.replace("23 written", "") != done.stdout  # written the first time
        assert "no changes" in done.stdout
    else:
        assert without_time(done.stdout) == without_time(before.stdout)
    assert (done.returncode, done.stderr) == (before.exit_code, before.stderr)


def test_wrong_usage_shows_how_it_is_called(place: Path) -> None:
    done = mlspec(place, "validate", "nowhere")

    assert done.returncode == 2
    assert done.stderr.startswith("Usage: mlspec validate [OPTIONS] [PATH]...")
    assert "Error: nowhere does not exist" in done.stderr


def test_ctrl_c_ends_it_in_one_word(place: Path) -> None:
    slow = "import pathlib, time\nKINDS = ()\ndef applies(plan):\n"
    slow += "    pathlib.Path('begun').touch()\n    time.sleep(60)\n"
    slow += "def render(plan):\n    return ()\n"
    write(place, {"platform.yaml": PLATFORM, "targets/slow/__init__.py": slow})
    process = subprocess.Popen(
        [*MLSPEC, "render"],
        cwd=place,
        env=ENVIRON,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (place / "begun").exists() and process.poll() is None:
        pass
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()

    assert process.returncode == 1 and err.strip() == "Aborted!"


def test_a_reader_that_has_seen_enough(place: Path) -> None:
    """`mlspec validate | head -1`."""
    write(place, {"wine/project.yaml": "a: 1\n" * 50})
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*MLSPEC, "validate"],
        cwd=place,
        env=ENVIRON,
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write_end)

    assert done.returncode == 1 and "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_click_is_not_loaded(verb: str, place: Path) -> None:
    script = (
        f"import sys; sys.argv = ['mlspec', {verb!r}]\n"
        "from mlspec.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('click' in sys.modules)"
    )
    done = python(place, script)

    assert done.stdout.splitlines()[-1] == "False", done.stderr
