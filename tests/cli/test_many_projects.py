"""Many projects: shared out to processes, with the same bytes and the same words for each `-j`."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.samples import PLATFORM, PROJECT, tree, write
from tests.specs import ROOT

COUNT = 66
"""More than are worth a second process, and than are kept in memory."""


def named(number: int) -> str:
    return PROJECT.replace("name: wine", f"name: wine-{number}")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    projects = {f"p{number}/project.yaml": named(number) for number in range(COUNT)}
    write(tmp_path, {"platform.yaml": PLATFORM.split("renderers:")[0], **projects})
    return tmp_path


def start(place: Path, *words: str, **how: object) -> subprocess.Popen[str]:
    """A real process: this one has threads, and must not fork."""
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(place)}
    kwargs = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.Popen(
        [sys.executable, "-m", "mlspec", *words], cwd=place, env=environ, text=True, **kwargs
    )  # type: ignore[call-overload, no-any-return]


def mlspec(place: Path, *words: str) -> tuple[int, str]:
    process = start(place, *words)
    out, err = process.communicate()
    assert "Traceback" not in err and (err == "" or "--timings" in words), err
    return process.returncode, out


def test_the_same_bytes_with_any_number_of_processes(place: Path) -> None:
    said = {}
    for jobs in ("1", "2", "5"):
        code, said[jobs] = mlspec(place, "render", "-j", jobs, "--no-cache", "-o", f"out{jobs}")
        assert code == 0
        said[jobs] = said[jobs].replace(f"out{jobs}", "out")

    assert tree(place / "out1") == tree(place / "out2") == tree(place / "out5")
    assert said["1"] == said["2"] == said["5"]
    assert len(said["1"].splitlines()) == COUNT
    for jobs in ("1", "2"):
        assert mlspec(place, "verify", "-j", jobs, "--no-cache", "-o", "out1")[0] == 0


def test_the_same_bytes_with_a_full_a_half_full_and_no_cache(place: Path) -> None:
    mlspec(place, "render", "-o", "first")
    for number in range(0, COUNT, 2):
        write(place, {f"p{number}/project.yaml": named(number).replace(":1.0.0", ":1.0.1")})
    mlspec(place, "render", "-o", "half")
    mlspec(place, "render", "-o", "half")
    mlspec(place, "render", "-o", "none", "--no-cache")
    mlspec(place, "render", "-o", "first", "-j", "1")

    assert tree(place / "first") == tree(place / "half") == tree(place / "none")


def test_the_same_mistakes_with_any_number_of_processes(place: Path) -> None:
    for number in (3, 17, 39):
        broken = named(number).replace("inputs: [raw]", "inputs: [rew]")
        write(place, {f"p{number}/project.yaml": broken})
    write(place, {"p5/project.yaml": "a: [", "p6/project.yaml": named(7), "p8/project.yaml": ""})

    found = {}
    for jobs in ("1", "3"):
        code, said = mlspec(place, "validate", "-j", jobs, "--no-cache")
        assert code == 1
        found[jobs] = said.splitlines()[:-1]  # the last has the time

    assert found["1"] == found["3"]
    text = "\n".join(found["1"])
    assert text.count("error[MLS201]") == 3 and "two projects are called `wine-7`" in text


def test_the_same_warnings_with_any_number_of_processes_known_or_not(place: Path) -> None:
    spare = "    spare: {type: s3, uri: 's3://cellar/x', format: csv, credentials: {secret: s3}}\n"
    for number in (3, 17, 39):
        write(place, {f"p{number}/project.yaml": named(number).replace(
            "transforms:", f"{spare}transforms:")})  # fmt: skip

    found = []
    for words in (("-j", "1"), ("-j", "2"), ("-j", "1", "--no-cache"), ("-j", "2", "--no-cache")):
        code, said = mlspec(place, "validate", *words)
        assert code == 0
        found.append(said.splitlines()[:-1])  # the last has the time

    assert found[0] == found[1] == found[2] == found[3]
    assert "\n".join(found[0]).count("warning[MLS204]") == 3


def test_nothing_is_written_when_one_of_many_is_wrong(place: Path) -> None:
    write(place, {"p30/project.yaml": "kind: Project\n"})

    code, _ = mlspec(place, "render", "-j", "2", "--no-cache")

    assert code == 1 and not (place / "generated").exists()


def test_one_edited_tree_of_many_is_left_and_the_others_are_written(place: Path) -> None:
    mlspec(place, "render")
    file = next((place / "generated/wine-3/dev/rbac").iterdir())
    file.write_bytes(b"edited")
    text = PLATFORM.split("renderers:")[0].replace("mlops.svc", "other.svc")
    write(place, {"platform.yaml": text})

    code, said = mlspec(place, "render", "-j", "2")

    assert code == 1 and said.count("error[MLS607]") == 1
    assert said.count("written") == COUNT - 1 and file.read_bytes() == b"edited"


def test_an_output_folder_that_cannot_be_made_is_told_once(place: Path) -> None:
    (place / "generated").write_bytes(b"a file")

    code, said = mlspec(place, "render", "-j", "2")

    assert code == 1 and said.count("error[MLS604]") == 1


def test_a_worker_that_is_killed_ends_the_command_in_plain_words(place: Path) -> None:
    """Killed as the kernel kills for want of memory: the renderer is where the worker dies."""
    text = "import os, signal\nKINDS = ()\ndef applies(plan):\n    os.kill(os.getpid(), 9)\n"
    text += "def render(plan):\n    return ()\n"
    write(place, {"platform.yaml": PLATFORM, "targets/deadly/__init__.py": text})

    process = start(place, "render", "-j", "2")
    _, err = process.communicate()

    assert process.returncode == 1 and "try again with -j 1" in err and "Traceback" not in err
    assert not (place / "generated").exists()


def test_a_mistake_in_a_worker_s_renderer_is_told_as_ever(place: Path) -> None:
    text = "KINDS = ()\ndef applies(plan):\n    return True\ndef render(plan):\n    return 1 / 0\n"
    write(place, {"platform.yaml": PLATFORM, "targets/broken/__init__.py": text})

    code, said = mlspec(place, "render", "-j", "2")

    assert code == 1 and "error[MLS606]" in said and "ZeroDivisionError" in said


def test_ctrl_c_ends_all_processes_and_writes_nothing(place: Path) -> None:
    text = "import pathlib, time\nKINDS = ()\ndef applies(plan):\n"
    text += "    pathlib.Path('begun').touch()\n    time.sleep(0.3)\n    return False\n"
    text += "def render(plan):\n    return ()\n"
    write(place, {"platform.yaml": PLATFORM, "targets/slow/__init__.py": text})
    process = start(place, "render", "-j", "2", start_new_session=True)
    while not (place / "begun").exists() and process.poll() is None:
        pass
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()

    assert process.returncode == 1 and "Traceback" not in err
    assert not (place / "generated").exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_timings_are_told_on_stderr_for_all_processes(place: Path) -> None:
    process = start(place, "render", "-j", "2", "--timings", "--no-cache", "--format", "json")
    out, err = process.communicate()

    lines = {line.split()[0]: line.split()[1:] for line in err.splitlines()[1:]}
    assert out.startswith("{")
    assert {"find", "parse", "read", "check", "plan", "render"} <= lines.keys()
    assert {"schema", "emit", "write", "rest", "wall"} <= lines.keys()
    assert all(float(lines[stage][0]) > 0 for stage in ("parse", "check", "write", "wall"))


def test_progress_is_shown_on_a_terminal_only(place: Path) -> None:
    ours, theirs = pty.openpty()
    process = start(place, "render", "-j", "2", "--no-cache", stderr=theirs)
    os.close(theirs)
    out, _ = process.communicate()
    shown = b""
    try:
        while data := os.read(ours, 4096):
            shown += data
    except OSError:  # the end of a terminal
        pass
    os.close(ours)

    assert b"Compiling" in shown and b"Writing" in shown
    assert "Compiling" not in out
