"""One step, or a step and all after it: the others come from earlier runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.local.errors import NoResult, UnknownName, WrongRequest
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


def test_a_step_alone_takes_the_latest_results_and_says_what_has_changed_since(
    tmp_path: Path,
) -> None:
    run_steps(tmp_path, *steps())
    (tmp_path / "clean.py").touch()
    new = [s.replace(env={"GRAPE": "syrah"}) if s.name == "clean" else s for s in steps()]

    ran = run_steps(tmp_path, *new, only="train")

    since = "cached: taken from an earlier run; since then: the code has changed (clean.py)"
    assert ran.reasons() == {
        "ingest": since,
        "clean": f"{since}; environment variables changed: GRAPE",
        "train": "run: asked for",
    }


def test_a_step_alone_prefers_a_result_of_just_what_is_there_now(tmp_path: Path) -> None:
    first = run_steps(tmp_path, *steps())
    (tmp_path / "clean.py").touch()
    run_steps(tmp_path, *steps())
    (tmp_path / "clean.py").unlink()

    ran = run_steps(tmp_path, *steps(), only="train")

    assert ran.reasons()["clean"] == EARLIER
    assert ran.read("train") == first.read("train")


def test_results_that_do_not_fit_each_other_are_named(tmp_path: Path) -> None:
    run_steps(tmp_path, *steps())
    run_steps(tmp_path, *steps(), only="ingest")

    reasons = run_steps(tmp_path, *steps(), only="train").reasons()

    since = "taken from an earlier run; since then: inputs changed: ingest"
    assert reasons["clean"] == f"cached: {since}"


@pytest.mark.parametrize(
    ("only", "first", "told"),
    [
        ("clean", "ingest", "there is no result yet of ingest"),
        ("train", "", "there is no result yet of ingest and clean"),
    ],
)
def test_a_step_alone_is_refused_where_what_it_reads_is_not_there(
    tmp_path: Path, only: str, first: str, told: str
) -> None:
    with pytest.raises(NoResult) as refused:
        run_steps(tmp_path, *steps(), only=only)

    assert (str(refused.value), refused.value.first) == (told, first)
    assert list((tmp_path / ".mlspec/runs").iterdir()) == []


@pytest.mark.parametrize("spoil", ["changed", "undeclared"])
def test_a_result_that_cannot_serve_is_none(tmp_path: Path, spoil: str) -> None:
    """It was changed by hand, or is of a time when the step declared less."""
    short = step("clean", outputs=()) if spoil == "undeclared" else step("clean")
    ran = run_steps(tmp_path, short)
    if spoil == "changed":
        ran.output("clean").chmod(0o644)
        ran.output("clean").write_text("forged", encoding="utf-8")

    with pytest.raises(NoResult):
        run_steps(tmp_path, step("clean"), step("train", reads=["clean"]), only="train")


def registering(trees: str = "200") -> tuple[Step, ...]:
    """With an evaluation, and a gate that reads what it gives."""
    trained = (Param(name="trees", value=trees, pipeline_name="train-trees"),)
    return (
        step("train", "cat model > <output out>", params=trained),
        step("evaluate", "cp <input train> <output out>", reads=["train"]),
        step("gate", "grep good <input evaluate>", kind="gate", reads=["evaluate"], outputs=()),
        step("register", kind="register", reads=["train", "evaluate"], after=("gate",),
             params=trained),
    )  # fmt: skip


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A project whose model has been registered."""
    (tmp_path / "model").write_text("good", encoding="utf-8")
    assert run_steps(tmp_path, *registering()).state == "succeeded"
    return tmp_path


def test_what_is_registered_alone_is_the_model_that_was_evaluated(good: Path) -> None:
    """There is a newer one, of which nobody knows how good it is."""
    (good / "model").write_text("bad", encoding="utf-8")
    run_steps(good, *registering(), only="train")

    with pytest.raises(NoResult, match="evaluate has no result of the present train"):
        run_steps(good, *registering(), only="register")
    run_steps(good, *registering(), only="evaluate")
    assert run_steps(good, *registering(), only="register").steps["gate"]["state"] == "failed"


def test_what_is_registered_alone_has_the_parameters_that_are_recorded(good: Path) -> None:
    with pytest.raises(NoResult, match="train has no result of the present parameters"):
        run_steps(good, *registering("300"), only="register")


def test_what_is_registered_alone_may_be_of_earlier_code(good: Path) -> None:
    (good / "new.py").touch()

    ran = run_steps(good, *registering(), only="register")

    assert ran.state == "succeeded"
    assert ran.reasons()["train"].endswith("since then: the code has changed (new.py)")


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

    with pytest.raises(WrongRequest, match="say clean-seed or train-seed"):
        run_steps(tmp_path, *both, params={"seed": "2"})
    with pytest.raises(UnknownName) as refused:
        run_steps(tmp_path, *both, params={"sed": "2"})
    assert refused.value.known == ("clean-seed", "seed", "train-seed")


def test_a_parameter_that_would_change_nothing_is_refused(tmp_path: Path) -> None:
    show = "echo <param trees> > <output out>"
    pipeline = (
        step("clean"),
        step("train", show, params=(param("train", "trees"),)),
        step("evaluate", reads=["train"]),
        step("other"),
    )
    run_steps(tmp_path, *pipeline)

    for choice in ({"only": "evaluate"}, {"start": "other"}):
        with pytest.raises(WrongRequest, match="`train-trees` is a parameter of train"):
            run_steps(tmp_path, *pipeline, params={"trees": "3"}, **choice)
    ran = run_steps(tmp_path, *pipeline, params={"trees": "3"}, start="evaluate")
    assert ran.reasons()["train"] == "run: parameter trees 1 → 3"
