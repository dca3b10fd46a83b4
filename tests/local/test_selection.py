"""One step, or a step and all after it: the others come from earlier runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.local.errors import CannotRun, UnknownName
from mlspec.plan.model import Param, Step
from tests.local.pipelines import plan, run_plan, run_steps, step

EARLIER = "cached: nothing it depends on has changed"


def steps() -> tuple[Step, ...]:
    return (
        step("ingest", "date +%N > <output out>", kind="ingest"),
        step("clean", "cp <input ingest> <output out>", reads=["ingest"]),
        step("train", "cp <input clean> <output out>", reads=["clean"]),
        step("gate", "true", kind="gate", reads=["train"], outputs=()),
        step(
            "register",
            "cp <input train> <output out>",
            kind="register",
            reads=["train"],
            after=("gate",),
        ),
        step("other"),
    )


def test_a_step_alone_runs_on_what_earlier_runs_gave(tmp_path: Path) -> None:
    first = run_steps(tmp_path, *steps())

    ran = run_steps(tmp_path, *steps(), only="train")

    assert ran.reasons() == {
        "ingest": "cached: taken from an earlier run",
        "clean": EARLIER,
        "train": "run: asked for",
    }
    assert ran.read("train") == first.read("ingest")


def test_a_step_alone_is_refused_where_what_it_reads_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as refused:
        run_steps(tmp_path, *steps(), only="train")

    assert str(refused.value) == (
        "ingest has no result of its present inputs and code (first run): "
        "run it first, with `mlspec run --step ingest` or `mlspec run`"
    )


def test_a_gate_cannot_be_gone_round(tmp_path: Path) -> None:
    closed = [each.replace(argv=(("false",),)) if each.name == "gate" else each for each in steps()]
    assert run_steps(tmp_path, *closed).state == "failed"

    assert run_steps(tmp_path, *closed, only="register").state == "failed"
    assert run_steps(tmp_path, *closed, start="register").state == "failed"


def test_what_is_registered_alone_passes_its_gate_anew(tmp_path: Path) -> None:
    """What was live when the gate passed may have been surpassed since."""
    live = tmp_path / ".live/better"  # not among the code
    gated = [
        each.replace(argv=(("sh",), ("-c",), (f"! test -e {live}",)))
        if each.name == "gate"
        else each
        for each in steps()
    ]
    assert run_steps(tmp_path, *gated).state == "succeeded"
    assert run_steps(tmp_path, *gated, only="register").kinds[-1] == "register done"
    live.parent.mkdir()
    live.touch()

    ran = run_steps(tmp_path, *gated, only="register")

    states = {name: each["state"] for name, each in ran.steps.items()}
    assert (states["train"], states["gate"], states["register"]) == ("cached", "failed", "skipped")


def test_from_a_step_on_all_run_anew_and_nothing_else_does(tmp_path: Path) -> None:
    run_steps(tmp_path, *steps())

    assert run_steps(tmp_path, *steps(), start="train").reasons() == {
        "ingest": "cached: taken from an earlier run",
        "clean": EARLIER,
        "train": "run: asked for",
        "gate": "run: asked for",
        "register": "run: asked for",
    }


def test_a_gate_before_the_start_is_asked_again(tmp_path: Path) -> None:
    run_steps(tmp_path, *steps())

    reasons = run_steps(tmp_path, *steps(), start="register").reasons()

    assert reasons["gate"] == "run: a gate compares with what is live now"


def test_from_a_step_on_what_is_missing_before_it_is_run(tmp_path: Path) -> None:
    reasons = run_steps(tmp_path, *steps(), start="train").reasons()

    assert reasons["clean"] == "run: first run"
    assert "other" not in reasons


def test_a_step_alone_does_not_conclude_the_pipeline(tmp_path: Path) -> None:
    end = step("report", "touch concluded", kind="report", outputs=())
    one = plan(step("clean"), on_exit=end)

    run_plan(tmp_path, one, only="clean")
    assert not (tmp_path / "concluded").exists()
    run_plan(tmp_path, one, start="clean")
    assert (tmp_path / "concluded").exists()


@pytest.mark.parametrize("flag", ["only", "start"])
def test_a_step_that_there_is_not_is_named_with_those_that_there_are(
    tmp_path: Path, flag: str
) -> None:
    with pytest.raises(UnknownName) as refused:
        run_steps(tmp_path, *steps(), **{flag: "trian"})

    assert (refused.value.what, refused.value.name) == ("step", "trian")
    assert "train" in refused.value.known


def param(step: str, name: str, value: str = "1") -> Param:
    return Param(name=name, value=value, pipeline_name=f"{step}-{name}")


@pytest.mark.parametrize("name", ["trees", "train.trees", "train-trees"])
def test_a_parameter_is_set_for_every_step_that_takes_it(tmp_path: Path, name: str) -> None:
    show = "echo <param trees> > <output out>"
    ran = run_steps(
        tmp_path,
        step("train", show, params=(param("train", "trees"),)),
        step("register", show, params=(param("train", "trees"),)),
        step("clean", "echo <param rows> > <output out>", params=(param("clean", "rows"),)),
        params={name: "300"},
    )

    found = [ran.read(name).strip() for name in ("train", "register", "clean")]
    assert found == ["300", "300", "1"]


def test_a_name_that_two_steps_use_must_be_said_in_full(tmp_path: Path) -> None:
    both = [step(name, params=(param(name, "seed"),)) for name in ("clean", "train")]

    with pytest.raises(CannotRun, match="say clean-seed or train-seed"):
        run_steps(tmp_path, *both, params={"seed": "2"})
    with pytest.raises(UnknownName) as refused:
        run_steps(tmp_path, *both, params={"sed": "2"})
    assert refused.value.known == ("clean-seed", "seed", "train-seed")
