"""Steps are tried again as declared, and on the exit codes on which the cluster tries again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlspec.plan.model import Retry
from renderers.argo_workflows.retries import retry_strategy
from tests.local.pipelines import run_steps, step
from tests.plans import wine_plan

AT_ONCE = Retry(limit=2, backoff_seconds=0)
COUNT = "echo x >> attempts; [ $(wc -l < attempts) -ge {} ] && touch <output out> || exit {}"


def attempts(folder: Path) -> int:
    return len((folder / "attempts").read_text(encoding="utf-8").splitlines())


def test_an_attempt_that_succeeds_ends_it(tmp_path: Path) -> None:
    ran = run_steps(tmp_path, step("clean", COUNT.format(2, 1), retry=AT_ONCE))

    assert ran.state == "succeeded"
    assert ran.kinds == ["clean started", "clean again", "clean done"]
    assert ran.text("clean", "again") == "exit code 1; attempt 2 of 3 in 0 s"


def test_after_the_last_attempt_the_step_has_failed(tmp_path: Path) -> None:
    ran = run_steps(tmp_path, step("clean", COUNT.format(9, 1), retry=AT_ONCE))

    assert ran.state == "failed"
    assert attempts(tmp_path) == 3


def test_an_attempt_finds_nothing_of_the_one_before(tmp_path: Path) -> None:
    script = "[ -e <output out> ] && exit 9; echo half > <output out>; touch $TMPDIR/x; "
    script += "ls $TMPDIR | wc -l; [ -e second ] || { touch second; exit 1; }"

    ran = run_steps(tmp_path, step("clean", script, retry=AT_ONCE))

    assert ran.state == "succeeded"
    assert ran.log("clean").split() == ["1", "──", "attempt", "2", "──", "1"]


def test_a_missing_output_is_worth_another_attempt(tmp_path: Path) -> None:
    script = "[ -e second ] && touch <output out>; touch second"

    assert run_steps(tmp_path, step("clean", script, retry=AT_ONCE)).state == "succeeded"


@pytest.mark.parametrize(
    ("kind", "code", "tried"),
    [
        ("transform", 1, 3),
        ("check", 1, 1),
        ("gate", 1, 1),
        ("gate", 2, 1),
        ("gate", 3, 3),
        ("register", 1, 3),
    ],
)
def test_a_verdict_is_not_asked_for_again(tmp_path: Path, kind: Any, code: int, tried: int) -> None:
    bad = step("judge", COUNT.format(9, code), retry=AT_ONCE, kind=kind)

    run_steps(tmp_path, bad)

    assert attempts(tmp_path) == tried
    written = retry_strategy(bad, AT_ONCE, wine_plan()).get("expression", "")
    assert (f"not in [1, 2]" in written) == (kind in ("check", "gate"))  # noqa: F541


def test_waits_grow_up_to_their_limit(tmp_path: Path) -> None:
    from mlspec.local.task import wait_before

    retry = Retry(limit=4, backoff_seconds=10, factor=3, max_seconds=60)

    assert [wait_before(retry, attempt) for attempt in (2, 3, 4, 5)] == [10, 30, 60, 60]
