"""The figures are what they are said to be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import growth
from bench.measure import (
    Figure,
    Row,
    Spent,
    figure,
    in_turn,
    ratio,
    rows_table,
    spend,
    table,
    verdict,
    with_bare,
)
from bench.memory import peak
from bench.monorepo import text_of, write
from bench.stages import STAGES, run, run_timed
from mlspec.cli.compilation import compile_project
from mlspec.cli.rendering import trees_of
from mlspec.cli.timings import REST

BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_a_process_that_fails_is_not_measured() -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        spend((sys.executable, "-c", "raise SystemExit(3)"))


def test_the_cost_of_children_is_counted() -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])"

    assert spend((sys.executable, "-c", child)).cpu_ms >= 300


def test_runs_are_taken_in_turn_and_the_first_turn_is_not_counted() -> None:
    order: list[str] = []

    def once(name: str, cost: float) -> Spent:
        order.append(name)
        return Spent(cost, 0, 0)

    costs = iter((100.0, 1.0, 2.0, 4.0))
    found = in_turn({"a": lambda: once("a", next(costs)), "b": lambda: once("b", 0)}, runs=3)

    assert order == ["a", "b"] * 4
    assert figure(each.cpu_ms for each in found["a"]) == Figure(2.0, 1.0, 4.0, 3)


def test_no_turn_begins_when_the_time_is_up_and_enough_were_taken() -> None:
    costs = iter((1.0, 2.0))

    found = in_turn({"a": lambda: Spent(next(costs), 1, 1)}, runs=9, least=2, seconds=0)

    assert [each.cpu_ms for each in found["a"]] == [1, 2]  # too long not to count the first


@pytest.mark.parametrize(
    ("middle", "said"), [(3.0, "aim reached"), (3.5, "reached"), (4.5, "MISSED")]
)
def test_a_figure_is_judged(middle: float, said: str) -> None:
    assert verdict(Row("x", Figure(middle, 1, 9, 9), " ms", must=4, aim=3)) == said
    assert verdict(Row("x", Figure(middle, 1, 9, 9), " ms")) == ""


def test_tables_are_markdown() -> None:
    assert table(("a", "b"), [("long", 1)]).splitlines() == [
        "| a    |   b |",
        "| ---- | --: |",
        "| long |   1 |",
    ]
    assert "| 2.50 ms |" in rows_table([Row("x", Figure(2.5, 1, 9, 9), " ms")])


def test_the_memory_of_children_is_in_the_peak(tmp_path: Path) -> None:
    hold = f"x = b'x' * 60_000_000\n{BURN}"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"

    found = peak((sys.executable, "-c", child), tmp_path, tmp_path / "cache")

    assert found.together_mib > 60


def test_every_stage_is_found_and_timed(tmp_path: Path) -> None:
    write(tmp_path / "repo", 3, 1)
    run("render", tmp_path / "repo", tmp_path / "first")

    found = run_timed("render", tmp_path / "repo", tmp_path / "second")

    assert [stage for stage in (*STAGES, REST) if not found[stage]] == []


def test_time_that_grows_faster_than_n_log_n_is_told() -> None:
    assert not growth.Step((100, 1000), (10, 100)).is_worse
    assert not growth.Step((100, 1000), (10, 150)).is_worse
    assert growth.Step((100, 1000), (10, 200)).is_worse
    assert growth.Step((100, 1000), (10, 1000)).exponent == pytest.approx(2)


@pytest.mark.parametrize("what", growth.GROWING)
def test_projects_that_grow_are_right(tmp_path: Path, what: str) -> None:
    write(tmp_path, 1, 2)
    file = tmp_path / "project.yaml"
    file.write_text(text_of(growth.GROWING[what](20)), encoding="utf-8")

    result = compile_project(str(file))

    assert result.diagnostics == ()
    [tree], wrong = trees_of([result], None)
    assert wrong == []
    assert len(tree.scopes) == 1


def test_a_ratio_is_to_bare_python_of_the_same_turn() -> None:
    spent, units = with_bare({"a": lambda: Spent(50, 0, 0), "b": lambda: Spent(10, 0, 0)}, runs=2)

    assert list(spent) == ["a", "b"]
    assert len(units) == 2 and min(units) > 0
    assert ratio(spent["a"], [10, 25]) == Figure(3.5, 2, 5, 2)
