"""A step that fails says why; those that need it do not run, and nothing of it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.local.display import log_excerpt
from mlspec.plan.model import Output
from tests.local.pipelines import plan, run_plan, run_steps, step


def outputs(kind: str) -> tuple[Output, ...]:
    chosen: dict[str, Output] = {
        "dataset": Output(name="tidy", kind="dataset"),
        "model": Output(name="tidy", kind="model"),
        "value": Output(name="tidy", kind="value"),
        "metrics": Output(name="tidy", kind="metrics"),
    }
    return (chosen[kind],)


@pytest.mark.parametrize(
    ("kind", "script", "told"),
    [
        pytest.param("dataset", "exit 7", "exit code 7", id="exit-code"),
        pytest.param("dataset", "kill -9 $$", "killed by SIGKILL", id="signal"),
        pytest.param("dataset", "true", "expected output `tidy` at {}, found nothing", id="none"),
        pytest.param(
            "model", "mkdir <output tidy>", "a folder with no file in it", id="empty-folder"
        ),
        pytest.param(
            "model", "mkdir -p <output tidy>/a/b", "a folder with no file in it", id="no-file"
        ),
        pytest.param("dataset", "ln -s /etc/hosts <output tidy>", "leads outside of it", id="link"),
        pytest.param(
            "model",
            "mkdir <output tidy>; cd <output tidy>; touch ../b; ln -s ../b a",
            "leads outside of it",
            id="link-in-folder",
        ),
        pytest.param(
            "model",
            "mkdir <output tidy>; touch <output tidy>/b; ln -s <output tidy>/b <output tidy>/a",
            "leads outside of it",  # as soon as the folder is moved
            id="absolute-link",
        ),
        pytest.param("value", "mkfifo <output tidy>", "a pipe, a socket or a device", id="pipe"),
        pytest.param(
            "metrics", "mkfifo <metrics>", "a pipe, a socket or a device", id="metrics-pipe"
        ),
        pytest.param(
            "model",
            "mkdir <output tidy>; mkfifo <output tidy>/a",
            "a pipe, a socket or a device",
            id="pipe-in-folder",
        ),
        pytest.param("value", "mkdir <output tidy>", "to be a file, found a folder", id="folder"),
        pytest.param(
            "value", "head -c 70000 /dev/zero > <output tidy>", "a large file", id="large-value"
        ),
        pytest.param("metrics", "echo [1] > <metrics>", "found a list", id="metrics-list"),
        pytest.param(
            "metrics", "echo '{\"f1\": {}}' > <metrics>", "found `f1` with a map", id="nested"
        ),
        pytest.param("metrics", "echo '{' > <metrics>", "found malformed JSON", id="malformed"),
    ],
)
def test_a_step_fails_by_its_exit_code_or_by_what_it_leaves(
    tmp_path: Path, kind: str, script: str, told: str
) -> None:
    ran = run_steps(tmp_path, step("clean", script, outputs=outputs(kind)))

    place = ran.outcome.place / "work/clean/outputs/tidy"
    assert ran.state == "failed"
    assert told.format(place) in ran.text("clean", "failed")
    assert not (tmp_path / ".mlspec/results/clean").exists()


def test_a_link_within_an_output_is_kept(tmp_path: Path) -> None:
    script = "mkdir <output out>; echo x > <output out>/a; ln -s a <output out>/b"

    ran = run_steps(
        tmp_path,
        step("clean", script),
        step("train", "cat <input clean>/b > <output out>", reads=["clean"]),
    )

    assert ran.read("train") == "x\n"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param("chmod +w <input clean>; echo y > <input clean>", id="content"),
        pytest.param("chmod +w $(dirname <input clean>); rm -f <input clean>", id="removed"),
    ],
)
@pytest.mark.parametrize("end", ["true", "exit 3"])
def test_a_step_that_changes_its_input_fails_and_the_input_is_made_again(
    tmp_path: Path, spoil: str, end: str
) -> None:
    bad = step("train", f"{spoil}; echo x > <output out>; {end}", reads=["clean"])
    good = step("train", "cp <input clean> <output out>", reads=["clean"])

    ran = run_steps(tmp_path, step("clean"), bad)

    assert ran.state == "failed"
    assert "it changed its input `clean`" in ran.text("train", "failed")
    assert not (tmp_path / ".mlspec/results/train").exists()
    assert not list((tmp_path / ".mlspec/results/clean").glob("*/result.json"))
    again = run_steps(tmp_path, step("clean"), good)
    assert "clean done" in again.kinds
    assert again.read("train") == "x\n"


def test_a_step_that_reads_what_another_changes_fails_too_and_both_are_suspects(
    tmp_path: Path,
) -> None:
    """`beside` ends after `bad`: it has read until then."""
    bad = step(
        "bad",
        "until [ -s pid ]; do :; done; "
        "chmod +w <input clean>; echo y >> <input clean>; touch <output out> done",
        reads=["clean"],
    )
    beside = step(
        "beside", "echo $$ > pid; until [ -e done ]; do :; done; touch <output out>",
        reads=["clean"],
    )  # fmt: skip

    ran = run_steps(tmp_path, step("clean"), bad, beside)

    assert "its input `clean` was changed, by it or by beside" in ran.text("bad", "failed")
    assert "its input `clean` was changed, by it or by bad" in ran.text("beside", "failed")


def test_results_are_read_only_and_can_be_removed(tmp_path: Path) -> None:
    from mlspec.local.files import remove

    script = "mkdir -p <output out>/sub; touch <output out>/sub/a"
    out = run_steps(tmp_path, step("clean", script)).output("clean")

    modes = [path.stat().st_mode & 0o222 for path in (out.parent, out, *out.rglob("*"))]
    assert modes == [0, 0, 0, 0]
    assert "clean done" in run_steps(tmp_path, step("clean", script), use_cache=False).kinds
    remove(tmp_path / ".mlspec")
    assert not (tmp_path / ".mlspec").exists()


def test_a_step_may_remove_its_temporary_folder(tmp_path: Path) -> None:
    ran = run_steps(tmp_path, step("clean", "rm -r $TMPDIR; touch <output out>"), step("next"))

    assert ran.state == "succeeded"


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = run_steps(tmp_path, step("clean", argv=(("no-such-program",),)))

    assert ran.text("clean", "failed") == (
        "cannot start `no-such-program`: No such file or directory"
    )


def test_steps_that_run_come_to_their_end_and_no_others_start(tmp_path: Path) -> None:
    ran = run_steps(
        tmp_path,
        step("bad", "echo $$ > pid; exit 1"),
        step(
            "good",
            "until [ -s pid ]; do :; done; "
            "while kill -0 $(cat pid); do :; done; touch <output out>",
        ),
        step("after-bad", reads=["bad"]),
        step("after-good", reads=["good"]),
        jobs=2,
    )

    assert ran.state == "failed"
    states = {name: each["state"] for name, each in ran.steps.items()}
    assert states["bad"] == "failed"
    assert states["good"] == "done"
    assert states["after-bad"] == states["after-good"] == "skipped"


def test_the_end_of_the_log_is_shown_with_its_path(tmp_path: Path) -> None:
    ran = run_steps(tmp_path, step("clean", "seq 100; exit 1"))

    log = ran.recorder.logs / "clean.log"
    assert log_excerpt(log) == [*(f"  | {n}" for n in range(81, 101)), f"  log: {log}"]


def test_a_failed_step_is_run_again_the_next_time(tmp_path: Path) -> None:
    flaky = step("clean", '[ -e "$HERE" ] && touch <output out>', env={"HERE": str(tmp_path / "x")})
    assert run_steps(tmp_path, flaky).state == "failed"

    (tmp_path / "x").touch()

    assert run_steps(tmp_path, flaky).reasons() == {"clean": "run: first run"}


def test_a_step_that_takes_too_long_is_stopped_with_all_that_it_has_started(
    tmp_path: Path,
) -> None:
    """It ignores the request to end, so that it must be ended by force."""
    script = "trap '' TERM; sleep 600 & echo $! > pid; wait; wait"

    ran = run_steps(tmp_path, step("clean", script, timeout_seconds=1))

    from tests.local.test_running import assert_ended

    assert ran.text("clean", "failed") == "took longer than its timeout of 1 s"
    assert_ended(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_a_run_that_takes_longer_than_its_pipeline_may_is_stopped_and_concluded(
    tmp_path: Path,
) -> None:
    end = step("report", "echo $0 $@", kind="report", outputs=())
    steps = (step("clean", "sleep 600"), step("after", reads=["clean"]))

    ran = run_plan(tmp_path, plan(*steps, timeout_seconds=1, on_exit=end))

    assert ran.state == "failed"
    assert "the run took longer than the pipeline's timeout" in ran.text("clean", "failed")
    assert ran.steps["after"]["state"] == "skipped"
    assert ran.log("report").startswith("--status Failed")
