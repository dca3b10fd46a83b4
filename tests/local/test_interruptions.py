"""Whatever happens to the runner: nothing is left running, nothing half-made is used, and what has
been done need not be done again."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlspec.local import warden
from mlspec.local.warden import processes_of
from tests.local.pipelines import run_steps, step
from tests.local.test_running import assert_ended
from tests.specs import ROOT

STEPS = """(
    step("ingest", "date +%N > <output out>; echo x >> $LOG/ingest", kind="ingest"),
    step("register", "echo x >> $LOG/register", kind="register", reads=["ingest"], outputs=()),
    step("clean", '''
        trap "$STUBBORN" TERM INT
        echo half > <output out>
        echo x >> $LOG/clean
        sleep 600 & echo $! > $LOG/grandchild.pid
        setsid sleep 600 & echo $! > $LOG/daemon.pid
        env -i setsid sleep 600 > /dev/null & echo $! > $LOG/stranger.pid
        echo $$ > $LOG/child.pid
        [ -e $LOG/go-on ] || { echo up > $LOG/reached; wait; wait; }
        cat <input ingest> >> <output out>
    ''', reads=["ingest"], after=("register",)),
)"""
"""`clean` writes half its output and starts three others, one of them in a session of its own, one
that has also thrown off its environment; tells that it has come so far, and waits, unless it may go
on. STUBBORN makes it ignore signals."""


class Project:
    """A folder in which STEPS are run, by runners in processes of their own."""

    def __init__(self, root: Path) -> None:
        self.folder, self.log, self.steps = root / "wine", root / "log", root / "steps.py"
        self.folder.mkdir()
        self.log.mkdir()
        os.mkfifo(self.log / "reached")
        self.steps.write_text(STEPS, encoding="utf-8")

    def start(self, stubborn: str = "-") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.local.driver", str(self.steps), str(self.folder)]
        env = {**os.environ, "LOG": str(self.log), "STUBBORN": stubborn}
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=env)

    def start_half_way(self, stubborn: str = "-") -> subprocess.Popen[str]:
        """A runner whose step `clean` is half-way."""
        process = self.start(stubborn)
        with (self.log / "reached").open(encoding="utf-8") as stream:  # waits for who writes
            assert stream.read() == "up\n"
        return process

    def kill_half_way(self, stubborn: str = "-") -> list[str]:
        """`kill -9` of a runner; returns the words that it had printed, when all is still."""
        process = self.start_half_way(stubborn)
        process.kill()
        words = process.communicate()[0].split()
        for pid in self.pids():
            wait_for_end(pid)
        return words

    def finish(self) -> str:
        """Runs it to its end; returns what is printed."""
        (self.log / "go-on").touch()
        process = self.start()
        out = process.communicate()[0]
        assert process.returncode == 0, out
        return out

    def pids(self) -> list[int]:
        return [int(file.read_text(encoding="utf-8")) for file in self.log.glob("*.pid")]

    def times(self) -> dict[str, int]:
        """How often each step has begun."""
        names = ("ingest", "register", "clean")
        return {n: (self.log / n).read_text(encoding="utf-8").count("x") for n in names}

    def output(self, step: str) -> str:
        [result] = (self.folder / ".mlspec/results" / step).iterdir()
        return (result / "outputs/out").read_text(encoding="utf-8")


def wait_for_end(pid: int) -> None:
    """It is nobody's child here, so the system must be asked."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = select.select([handle], [], [], 20)[0]
    os.close(handle)
    assert ended, f"process {pid} is still there"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


linux = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits as only Linux can")


@linux
@pytest.mark.parametrize("stubborn", ["-", ""], ids=["obedient", "stubborn"])
def test_a_runner_that_is_killed_leaves_nothing_running(project: Project, stubborn: str) -> None:
    run = project.kill_half_way(stubborn)[1]

    assert processes_of(run) == []


@linux
def test_the_warden_kills_the_groups_that_it_was_told_of_and_has_not_been_told_have_ended(
    tmp_path: Path,
) -> None:
    """Where processes cannot be asked for the name of their run, it is all that the warden has."""
    kept, lost = (
        subprocess.Popen(["sleep", "600"], start_new_session=True, env={}) for _ in range(2)
    )
    told = f"+{kept.pid}\n+{lost.pid}\n-{kept.pid}\n"

    subprocess.run([sys.executable, warden.__file__, "run", str(tmp_path)], input=told, text=True)

    assert lost.wait() == -signal.SIGKILL
    assert kept.poll() is None
    assert not tmp_path.exists()
    kept.kill()
    kept.wait()


@linux
@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove what is read-only")
def test_the_warden_removes_a_scratch_folder_whatever_is_in_it(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    (scratch / "step/locked").mkdir(parents=True)
    (scratch / "step/locked/file").touch()
    (scratch / "step/locked").chmod(0o500)

    subprocess.run([sys.executable, "-I", "-S", warden.__file__, "run", str(scratch)], input=b"")

    assert not scratch.exists()


@linux
def test_after_a_kill_finished_steps_are_not_repeated_and_the_half_finished_one_is(
    project: Project,
) -> None:
    killed = project.kill_half_way()
    assert not (project.folder / ".mlspec/results/clean").exists()
    killed_again = project.kill_half_way()
    out = project.finish()

    assert killed_again[:2] == ["resumed", killed[1]]
    assert out.split()[:2] == ["resumed", killed[1]]
    assert "ingest    cached (it had finished before the run was interrupted)" in out
    assert "register  cached (it had finished before the run was interrupted)" in out
    assert project.times() == {"ingest": 1, "register": 1, "clean": 3}
    assert project.output("clean") == "half\n" + project.output("ingest")


@linux
def test_a_killed_run_is_not_gone_on_with_when_the_code_has_changed(project: Project) -> None:
    killed = project.kill_half_way()
    (project.folder / "new.py").touch()

    out = project.finish().split()

    assert out[0] == "run"
    assert out[1] != killed[1]
    assert project.times() == {"ingest": 2, "register": 2, "clean": 2}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_and_all_that_it_has_started(
    project: Project, number: signal.Signals
) -> None:
    process = project.start_half_way()
    run = next((project.folder / ".mlspec/runs").iterdir()).name

    process.send_signal(number)
    out = process.communicate()[0]

    assert process.returncode == 130, out
    assert out.splitlines()[-1] == "interrupted"
    assert "clean     stopped after" in out
    for pid in project.pids():
        assert_ended(pid)
    assert processes_of(run) == []


def test_a_program_that_will_not_end_is_ended_by_force(project: Project) -> None:
    process = project.start_half_way(stubborn="")

    process.send_signal(signal.SIGINT)
    process.communicate()

    assert process.returncode == 130
    for pid in project.pids():
        assert_ended(pid)


def test_after_an_interruption_the_run_goes_on_where_it_stopped(project: Project) -> None:
    process = project.start_half_way()
    process.send_signal(signal.SIGINT)
    process.communicate()

    project.finish()

    assert project.times() == {"ingest": 1, "register": 1, "clean": 2}


def test_a_result_that_was_not_put_in_place_whole_is_none(tmp_path: Path) -> None:
    """As after a loss of power, which may leave a folder without its result.json."""
    ran = run_steps(tmp_path, step("clean"))
    (ran.output("clean").parents[1] / "result.json").unlink()

    assert run_steps(tmp_path, step("clean")).reasons() == {"clean": "run: first run"}
