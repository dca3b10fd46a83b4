"""A pipeline runs as processes, in the order of its data, with the contract of a step."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlspec.local.errors import CannotRun
from mlspec.local.folder import Folder
from mlspec.plan.model import Output, Param
from tests.local.pipelines import plan, run_plan, run_steps, step
from tests.specs import ROOT

METRICS = (Output(name="metrics", kind="metrics"),)


def test_each_step_reads_what_the_one_before_it_gave(tmp_path: Path) -> None:
    ran = run_steps(
        tmp_path,
        step("ingest", "echo wine > <output out>"),
        step("clean", "tr a-z A-Z < <input ingest> > <output out>", reads=["ingest"]),
    )

    assert ran.state == "succeeded"
    assert ran.kinds == ["ingest started", "ingest done", "clean started", "clean done"]
    assert ran.read("clean") == "WINE\n"


def test_a_step_is_told_by_variables_what_the_contract_promises(tmp_path: Path) -> None:
    script = (
        'cp "$MLSPEC_INPUT_INGEST" "$MLSPEC_OUTPUT_OUT"; echo "{\\"f1\\": $MLSPEC_PARAM_TREES}" '
        '> "$MLSPEC_METRICS"; echo "$MLSPEC_RUN $GRAPE $YEAR"; cd "$TMPDIR"; touch here'
    )
    ran = run_plan(
        tmp_path,
        plan(
            step("ingest"),
            step(
                "train",
                script,
                reads=["ingest"],
                outputs=(Output(name="out", kind="dataset"), *METRICS),
                params=(Param(name="trees", value="3", pipeline_name="train-trees"),),
                env={"GRAPE": "syrah"},
            ),
            env={"GRAPE": "any", "YEAR": "1991"},
        ),
    )

    assert ran.state == "succeeded", ran.log("train")
    assert ran.steps["train"]["metrics"] == {"f1": 3}
    assert ran.log("train") == f"{ran.recorder.run} syrah 1991\n"


def test_steps_run_in_the_project_s_folder_with_this_python_and_without_another_run_s_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSPEC_OUTPUT_OUT", "/nowhere")
    monkeypatch.setenv("MLSPEC_LEFT_OVER", "1")
    monkeypatch.setenv("GRAPE", "mine")

    ran = run_steps(
        tmp_path,
        step("clean", 'pwd; command -v python; echo "$GRAPE$MLSPEC_LEFT_OVER"; touch <output out>'),
    )

    python = Path(sys.executable).parent / "python"
    assert ran.log("clean").split() == [str(tmp_path.resolve()), str(python), "mine"]


def test_a_word_of_a_command_reaches_the_program_as_it_is(tmp_path: Path) -> None:
    told = "a b  $HOME `x` {{y}} 'z' ü"
    script = 'printf %s "$1" > "$MLSPEC_OUTPUT_OUT"'
    argv = tuple((each,) for each in ("sh", "-c", script, "", told))

    assert run_steps(tmp_path, step("clean", argv=argv)).read("clean") == told


@pytest.mark.parametrize("jobs", [1, 2])
def test_steps_that_need_nothing_of_each_other_run_at_once_as_far_as_jobs_allow(
    tmp_path: Path, jobs: int
) -> None:
    """With two jobs each waits for a word of the other: they could not end one after another."""
    for name in ("one", "two"):
        os.mkfifo(tmp_path / name)
    talk = "echo hello > {theirs} & cat {mine} > <output out>; wait"
    alone = "touch <output out>"
    steps = [
        step("red", talk.format(mine="one", theirs="two") if jobs > 1 else alone),
        step("white", talk.format(mine="two", theirs="one") if jobs > 1 else alone),
    ]

    ran = run_steps(tmp_path, *steps, jobs=jobs)

    assert ran.state == "succeeded"
    at_once = ran.kinds[:2] == ["red started", "white started"]
    assert at_once == (jobs == 2)


def test_what_a_step_leaves_running_ends_with_it(tmp_path: Path) -> None:
    left = step("clean", "sleep 600 & echo $! > <output out>")
    wait = "while kill -0 $(cat <input clean>) && ! grep ' Z ' /proc/$(cat <input clean>)/stat"
    later = step("later", f"{wait}; do :; done", reads=["clean"], outputs=(), timeout_seconds=5)

    assert run_steps(tmp_path, left, later).state == "succeeded"


def assert_ended(pid: int) -> None:
    """Gone, or a zombie that nobody has reaped."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    assert status.rpartition(")")[2].split()[0] == "Z"


def test_results_cannot_be_changed_by_who_reads_them(tmp_path: Path) -> None:
    ran = run_steps(tmp_path, step("clean"))

    assert not ran.output("clean").stat().st_mode & 0o222


def test_published_outputs_are_also_where_the_artifact_store_has_them(tmp_path: Path) -> None:
    published = Output(name="model", kind="model", publish="models/grader/challenger")
    script = "mkdir <output model>; echo $MLSPEC_RUN > <output model>/MLmodel"
    register = step("register", script, kind="register", outputs=(published,))
    place = tmp_path / ".mlspec/artifacts/models/grader/challenger"

    for _ in range(2):
        ran = run_steps(tmp_path, register)
        assert (place / "MLmodel").read_text(encoding="utf-8").strip() == ran.recorder.run
        assert [path.name for path in place.parent.iterdir()] == ["challenger"]


def test_the_run_is_concluded_with_its_status_as_the_cluster_tells_it(tmp_path: Path) -> None:
    end = step("report", kind="report", outputs=(), argv=(("echo",), ("report",)))

    ran = run_plan(tmp_path, plan(step("bad", "exit 3"), on_exit=end))

    log = ran.log("report")
    assert log.startswith("report --status Failed --failures [{")
    assert '"displayName": "bad"' in log
    assert '"message": "exit code 3"' in log


def test_nothing_of_it_is_seen_by_git(tmp_path: Path) -> None:
    run_steps(tmp_path, step("clean"))

    assert (tmp_path / ".mlspec/.gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.prepare()

    with folder.lock(), pytest.raises(CannotRun, match=f"already \\(process {os.getpid()}\\)"):
        run_steps(tmp_path, step("clean"))
    assert run_steps(tmp_path, step("clean")).state == "succeeded"


def test_who_asks_whether_a_run_goes_on_keeps_none_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for the lock lets the one who asks come to its end."""
    folder = Folder(tmp_path)
    run_steps(tmp_path, step("clean"))
    asking = (folder.root / "lock").open("rb")
    fcntl.flock(asking, fcntl.LOCK_SH)
    monkeypatch.setattr("time.sleep", lambda _seconds: asking.close())

    assert run_steps(tmp_path, step("clean")).state == "succeeded"
    assert asking.closed


def test_whether_a_run_goes_on_can_be_asked_without_leaving_a_trace(tmp_path: Path) -> None:
    assert not Folder(tmp_path).is_busy
    assert list(tmp_path.iterdir()) == []


def test_runs_that_begin_in_the_same_second_have_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(["aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: next(names))
    monkeypatch.setattr("time.strftime", lambda _form: "20260102-030405")

    for _ in range(2):
        run_steps(tmp_path, step("clean"))

    ran = sorted(path.name for path in (tmp_path / ".mlspec/runs").iterdir())
    assert ran == ["wine-20260102-030405-aaaa", "wine-20260102-030405-bbbb"]


def test_the_runner_itself_imports_none_of_what_steps_need() -> None:
    code = "import mlspec.local.run, mlspec.local.live, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    heavy = {"mlflow", "pyarrow", "pandas", "sqlalchemy", "alembic", "click", "yaml", "asyncio"}
    assert not heavy & set(done.stdout.split())


def test_no_temporary_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    ran = run_steps(tmp_path, step("clean", "mktemp -d; touch <output out>"))

    assert ran.log("clean").startswith(str(temporary))
    assert list(temporary.iterdir()) == []
    assert not (ran.outcome.place / "work").exists()
