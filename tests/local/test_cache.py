"""A step is run again when something it depends on has changed, and says what that is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlspec.plan.model import HttpLocation, Output, Param, SecretEnv, Step
from tests.local.pipelines import plan, run_plan, run_steps, step, word

UNCHANGED = "cached: nothing it depends on has changed"
SCRIPT = "sh train.sh <input clean> <param trees> > <output out>"


def train(**fields: Any) -> Step:
    params = (Param(name="trees", value="200", pipeline_name="train-trees"),)
    script = fields.pop("script", SCRIPT)
    return step("train", script, **{"reads": ["clean"], "params": params, **fields})


def clean(**fields: Any) -> Step:
    script = "grep -v '#' wine.txt > <output out>"
    return step("clean", script, **fields)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Has been run once: `clean` reads wine.txt, `train` what `clean` gives."""
    (tmp_path / "wine.txt").write_text("syrah\n", encoding="utf-8")
    (tmp_path / "train.sh").write_text('cat "$1"; echo "$2"', encoding="utf-8")
    ran = run_steps(tmp_path, clean(), train())
    assert ran.reasons() == {"clean": "run: first run", "train": "run: first run"}
    return tmp_path


def write(name: str, text: str) -> Callable[[Path], object]:
    return lambda project: (project / name).write_text(text, encoding="utf-8")


def two_hundred(value: str) -> tuple[Param, ...]:
    return (Param(name="trees", value=value, pipeline_name="train-trees"),)


@pytest.mark.parametrize(
    ("change", "fields", "reason"),
    [
        pytest.param(None, {}, UNCHANGED, id="nothing"),
        pytest.param(
            None, {"params": two_hundred("300")}, "run: parameter trees 200 → 300", id="parameter"
        ),
        pytest.param(
            write("train.sh", 'cat "$1"; echo "$2" '), {}, "run: the code has changed (train.sh)",
            id="code",
        ),
        pytest.param(
            write("new.py", ""), {}, "run: the code has changed (new.py)", id="new-file",
        ),
        pytest.param(
            lambda project: (project / "train.sh").chmod(0o755), {}, UNCHANGED, id="mode",
        ),
        pytest.param(
            lambda project: os.utime(project / "train.sh", (1, 1)), {}, UNCHANGED, id="time",
        ),
        pytest.param(
            write("project.yaml", "schedule: new"), {}, UNCHANGED, id="rest-of-the-spec",
        ),
        pytest.param(
            lambda project: (project / ".cache").mkdir() or write(".cache/x", "")(project), {},
            UNCHANGED, id="hidden-folder",
        ),
        pytest.param(
            None, {"env": {"GRAPE": "syrah"}}, "run: environment variables changed: GRAPE",
            id="variable",
        ),
        pytest.param(
            None, {"script": f"{SCRIPT} "}, "run: its command has changed", id="command"
        ),
        pytest.param(
            None, {"params": (), "script": "touch <output out>"},
            "run: parameter trees is gone; its command has changed", id="two-reasons",
        ),
    ],
)  # fmt: skip
def test_what_makes_a_step_run_again(
    project: Path, change: Callable[[Path], object] | None, fields: Any, reason: str
) -> None:
    if change:
        change(project)

    assert run_steps(project, clean(), train(**fields)).reasons()["train"] == reason


@pytest.mark.parametrize(
    "name",
    ["README.md", "guide.rst", "run.log", "nohup.out", "LICENSE", "LICENSE-MIT.txt", "train.sh~",
     ".train.sh.swp", "#train.sh#", ".#train.sh", "train.pyc"],
)  # fmt: skip
def test_documents_logs_and_what_editors_leave_are_no_code(project: Path, name: str) -> None:
    for text in ("one", "two"):
        write(name, text)(project)

        assert run_steps(project, clean(), train()).reasons()["train"] == UNCHANGED


def test_a_document_that_a_command_names_is_read_by_it(project: Path) -> None:
    card = train(argv=(("sh",), ("-c",), word('cat "$0" > <output out>'), ("card.md",)))
    for text in ("one", "two"):
        write("card.md", text)(project)
        ran = run_steps(project, clean(), card)

    assert ran.reasons()["train"] == "run: the code has changed (card.md)"
    assert ran.read("train") == "two"


@pytest.mark.parametrize("linked", ["lib.py", "lib"])
def test_code_behind_a_link_counts_by_its_content(
    project: Path, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    file = outside / "lib.py"
    file.write_text("one", encoding="utf-8")
    (outside / "again").symlink_to(outside)  # and a loop does no harm
    (project / "up").symlink_to(project.parent)
    (project / linked).symlink_to(file if linked == "lib.py" else outside)
    run_steps(project, clean(), train())
    assert run_steps(project, clean(), train()).reasons()["train"] == UNCHANGED

    file.write_text("two", encoding="utf-8")

    name = "lib.py" if linked == "lib.py" else "lib/lib.py"
    reasons = run_steps(project, clean(), train()).reasons()
    assert reasons["train"] == f"run: the code has changed ({name})"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"mlspec": "1.0", "files": {}}', UNCHANGED),
        ('{"author": "cellar"}', "run: the code has changed (wine/lib.py)"),
    ],
)
def test_only_a_tree_that_mlspec_has_rendered_is_no_code(
    project: Path, text: str, reason: str
) -> None:
    (project / "wine").mkdir()
    write("wine/provenance.json", text)(project)
    write("wine/lib.py", "one")(project)
    run_steps(project, clean(), train())

    write("wine/lib.py", "two")(project)

    assert run_steps(project, clean(), train()).reasons()["train"] == reason


def test_a_file_whose_name_is_no_utf_8_is_code_like_any(project: Path) -> None:
    odd = os.fsencode(project) + b"/\xff.py"
    for text in (b"one", b"two"):
        Path(os.fsdecode(odd)).write_bytes(text)
        ran = run_steps(project, clean(), train())

    assert ran.reasons()["train"] == "run: the code has changed (\udcff.py)"


@pytest.mark.parametrize(
    "text", ['{"run": "a", "steps": {}}', '{"run": 1}', "[]", '{"run": "a", "steps": []}', "\0"]
)
def test_damaged_state_counts_as_absent(project: Path, text: str) -> None:
    from mlspec.local.folder import Folder
    from mlspec.local.state import runs_of

    folder = Folder(project)
    (folder.runs / "odd").mkdir()
    (folder.runs / "odd/run.json").write_text(text, encoding="utf-8")
    known = {str(project / "train.sh"): 1, str(project / "wine.txt"): [{}, 2]}
    folder.index.write_text(json.dumps(known), encoding="utf-8")
    (folder.results / "stray").touch()

    assert set(run_steps(project, clean(), train()).reasons().values()) == {UNCHANGED}
    assert "odd" not in [state.run for state in runs_of(folder)]


def test_a_damaged_result_counts_as_absent(project: Path) -> None:
    result = run_steps(project, clean(), train()).output("train").parents[1] / "result.json"
    found = json.loads(result.read_text(encoding="utf-8"))
    result.write_text(json.dumps(found | {"outputs": {"out": 1}}), encoding="utf-8")

    assert run_steps(project, clean(), train()).reasons()["train"] == "run: first run"


def test_a_file_of_the_same_size_written_at_once_is_seen(project: Path) -> None:
    """As fast as can be: within one tick of the file system's clock."""
    for letter in "abcdef":
        write("train.sh", f"echo {letter}")(project)

        assert run_steps(project, clean(), train()).read("train") == f"{letter}\n"


def test_a_step_whose_inputs_stay_the_same_is_not_run_though_their_maker_was(
    project: Path,
) -> None:
    run_steps(project, clean(), train(argv=OURS))
    write("wine.txt", "# a comment\nsyrah\n")(project)

    reasons = run_steps(project, clean(), train(argv=OURS)).reasons()

    assert reasons == {"clean": "run: the code has changed (wine.txt)", "train": UNCHANGED}


OURS = (("python",), ("-m",), ("mlspec.runtime",), ("ingest",), ("--from",),
        word("<input clean>"), ("--to",), word("<output out>"))  # fmt: skip


def test_a_program_of_ours_does_not_depend_on_the_project_s_code(project: Path) -> None:
    run_steps(project, clean(), train(argv=OURS))
    write("train.sh", "changed")(project)

    assert run_steps(project, clean(), train(argv=OURS)).reasons() == {
        "clean": "run: the code has changed (train.sh)",
        "train": UNCHANGED,
    }


def test_changed_inputs_are_named(project: Path) -> None:
    run_steps(project, clean(), train(argv=OURS))
    write("wine.txt", "merlot\n")(project)

    reasons = run_steps(project, clean(), train(argv=OURS)).reasons()

    assert reasons["train"] == "run: inputs changed: clean"


SHELL = (("sh",), ("-c",), word("touch <output out>"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "gate"}, "a gate compares with what is live now"),
        ({"kind": "register"}, "every run does this"),
        ({"kind": "ingest"}, "its data come from outside"),
        (
            {"kind": "check", "argv": (*SHELL, ("",), ("--freshness",), ("3600",))},
            "it judges how old the data is by now",
        ),
    ],
)
def test_some_steps_always_run(project: Path, fields: Any, reason: str) -> None:
    steps = (clean(), train(**fields))
    run_steps(project, *steps)

    assert run_steps(project, *steps).reasons()["train"] == f"run: {reason}"


def ingest(path: str = "data/wine.csv", *, timestamp: bool = False) -> Step:
    more = (("--timestamp",), word("<output timestamp>")) if timestamp else ()
    told = (Output(name="timestamp", kind="value"),) if timestamp else ()
    return step(
        "ingest",
        kind="ingest",
        argv=(*OURS[:5], (path,), *OURS[6:], *more),
        outputs=(Output(name="out", kind="dataset"), *told),
    )


@pytest.mark.parametrize("path", ["data/wine.csv", "data"])
def test_data_of_the_project_is_read_again_when_its_content_has_changed(
    tmp_path: Path, path: str
) -> None:
    file = tmp_path / "data/wine.csv"
    file.parent.mkdir()
    file.write_text("grade\n1\n", encoding="utf-8")
    steps = (ingest(path), step("clean", "cp -r <input ingest> <output out>", reads=["ingest"]))
    run_steps(tmp_path, *steps)

    os.utime(file, (1, 1))
    assert run_steps(tmp_path, *steps).reasons() == {"ingest": UNCHANGED, "clean": UNCHANGED}

    file.write_text("grade\n2\n", encoding="utf-8")
    assert run_steps(tmp_path, *steps).reasons() == {
        "ingest": f"run: inputs changed: {path}",
        "clean": "run: inputs changed: ingest",  # and not its code: data is none
    }


def test_the_time_of_a_file_counts_where_it_is_what_the_step_tells(tmp_path: Path) -> None:
    file = tmp_path / "data/wine.csv"
    file.parent.mkdir()
    file.write_text("grade\n1\n", encoding="utf-8")
    run_steps(tmp_path, ingest(timestamp=True))

    os.utime(file, (1, 1))

    reasons = run_steps(tmp_path, ingest(timestamp=True)).reasons()
    assert reasons == {"ingest": "run: inputs changed: data/wine.csv"}


def test_a_result_that_was_changed_by_hand_is_not_used(project: Path) -> None:
    ran = run_steps(project, clean(), train())
    ran.output("train").chmod(0o644)
    ran.output("train").write_text("forged", encoding="utf-8")

    again = run_steps(project, clean(), train())

    assert again.reasons()["train"] == "run: its earlier result is gone or was changed by hand"
    assert again.read("train") == "syrah\n200\n"


def test_a_result_of_code_that_changed_meanwhile_serves_its_own_run_only(project: Path) -> None:
    sly = clean(argv=(("sh",), ("-c",), word("cp wine.txt <output out>; date +%N > note.txt")))

    ran = run_steps(project, sly, train())

    assert ran.state == "succeeded"
    assert "files of the project changed while it ran" in ran.text("clean", "done")
    assert run_steps(project, sly, train()).reasons()["clean"].startswith("run: ")


def test_a_result_of_data_that_changed_meanwhile_serves_its_own_run_only(tmp_path: Path) -> None:
    """Whoever writes the file is not done when it is read."""
    data, reader = tmp_path / "data/wine.csv", tmp_path / ".bin/python"
    for file in (data, reader):
        file.parent.mkdir()
        file.touch(0o755)
    data.write_text("grade\n1\n", encoding="utf-8")
    reader.write_text('#!/bin/sh\ncp "$5" "$7"; echo 2 >> "$5"; cat "$5" > "$7"', encoding="utf-8")
    step = ingest().replace(argv=((str(reader),), *ingest().argv[1:]))

    ran = run_steps(tmp_path, step)
    data.write_text("grade\n1\n", encoding="utf-8")
    reader.write_text('#!/bin/sh\ncp "$5" "$7"', encoding="utf-8")
    again = run_steps(tmp_path, step)

    told = "not kept for other runs: data/wine.csv changed while it was read"
    assert ran.text("ingest", "done") == told
    assert again.reasons()["ingest"].startswith("run: ")
    assert again.read("ingest") == "grade\n1\n"


def test_a_reason_compares_with_the_result_that_served_last(project: Path) -> None:
    """Not with the one that was made last, if an older one has served again since."""
    run_steps(project, clean(), train(params=two_hundred("300")))
    run_steps(project, clean(), train())

    reasons = run_steps(project, clean(), train(params=two_hundred("400"))).reasons()

    assert reasons["train"] == "run: parameter trees 200 → 400"


def test_no_cache_runs_everything_and_later_runs_use_that(project: Path) -> None:
    ran = run_steps(project, clean(), train(), use_cache=False)

    assert ran.reasons() == {"clean": "run: asked for", "train": "run: asked for"}
    assert set(run_steps(project, clean(), train()).reasons().values()) == {UNCHANGED}


def test_where_mlflow_is_makes_no_difference(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"MLFLOW_TRACKING_URI": "http://mlflow:5000"}
    for uri in ("http://one.test", "http://other.test"):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        reasons = run_plan(project, plan(clean(), train(), env=env)).reasons()

    assert (reasons["clean"], reasons["train"]) == (UNCHANGED, UNCHANGED)


def test_the_latest_twenty_runs_are_kept_and_the_results_that_they_used(project: Path) -> None:
    from mlspec.local.prune import KEPT_RUNS

    (project / ".mlspec/results/stray").touch()
    for _ in range(KEPT_RUNS + 1):
        run_steps(project, step("only"))

    kept = {path.name for path in (project / ".mlspec/results").iterdir()}
    kept.remove("stray")
    left = {name for name in kept if any((project / ".mlspec/results" / name).iterdir())}
    assert len(list((project / ".mlspec/runs").iterdir())) == KEPT_RUNS + 1  # with the present one
    assert left == {"only"}


def test_many_runs_of_one_step_cost_no_other_step_its_result(project: Path) -> None:
    from mlspec.local.prune import KEPT_RUNS

    for _ in range(KEPT_RUNS + 2):
        run_steps(project, clean(), train(), only="clean")

    assert set(run_steps(project, clean(), train()).reasons().values()) == {UNCHANGED}


def test_what_is_known_of_code_goes_with_the_last_result_of_it(project: Path) -> None:
    from mlspec.local.prune import KEPT_RUNS

    [first] = (project / ".mlspec/code").iterdir()
    write("train.sh", "echo other")(project)
    for _ in range(KEPT_RUNS + 2):
        run_steps(project, clean(), train())

    [left] = (project / ".mlspec/code").iterdir()
    assert left != first


def test_secrets_are_no_part_of_what_is_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSPEC_SQL_PASSWORD", "correct-horse")
    secret = SecretEnv(name="MLSPEC_SQL_PASSWORD", secret="db", key="password")
    told = step("ask", "test ${#MLSPEC_SQL_PASSWORD} = 13 && touch <output out>")

    assert run_steps(project, told.replace(secrets=(secret,))).state == "succeeded"

    for file in (project / ".mlspec").rglob("*"):
        assert not file.is_file() or b"correct-horse" not in file.read_bytes()


def test_what_is_fetched_is_fetched_by_every_run() -> None:
    from mlspec.local.choice import why_volatile
    from mlspec.plan.model import Fetch

    fetch = Fetch(name="wine", location=HttpLocation(url="http://wine.test"))
    assert why_volatile(ingest().replace(fetch=fetch)) == "its data come from outside"
