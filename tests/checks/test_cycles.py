"""No step waits, over whatever detour, for itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.checks.cycles import check_cycles, find_cycles
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems, span_text


def test_a_chain_is_no_circle() -> None:
    assert problems(check_cycles) == []


def test_a_step_that_reads_what_it_writes() -> None:
    patch = "transforms: {clean: {inputs: [tastings, tidy]}}"

    found = diagnosed(check_cycles, patch)

    assert (found.code, found.message) == ("MLS202", "`clean` reads what it writes itself")
    assert found_at(found, merged(PROJECT, patch)) == "inputs"
    assert found.related == ()


def test_two_steps_that_wait_for_each_other() -> None:
    patch = """
transforms:
  clean: {inputs: [tastings, rich]}
  enrich: {run: a, inputs: [tidy], outputs: [rich]}
"""
    text = merged(PROJECT, patch)

    found = diagnosed(check_cycles, patch)

    assert found.message == "these steps wait for each other: `clean` → `enrich` → `clean`"
    assert found.help.startswith("no step can read what comes of its own output")
    [related] = found.related
    assert related.message == "`enrich` waits for the next"
    assert span_text(related.span, text) == "inputs"
    assert related.span.line > found.span.line


def test_a_circle_is_said_once_whoever_else_waits_for_it() -> None:
    found = problem(
        check_cycles,
        """
transforms:
  clean: {inputs: [tastings, rich]}
  enrich: {run: a, inputs: [tidy], outputs: [rich]}
  later: {run: a, inputs: [rich, tidy], outputs: []}
""",
    )

    assert found.path == ("transforms", "clean", "inputs")


def test_two_steps_of_one_name_are_no_circle() -> None:
    assert problems(check_cycles, "training: {clean: {run: a, inputs: [tidy]}}") == []


def test_a_name_that_leads_nowhere_is_no_circle() -> None:
    assert problems(check_cycles, "transforms: {clean: {inputs: [nowhere]}}") == []


@pytest.mark.parametrize(
    ("waits_for", "circles"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"a": ["b"], "b": []}, [], id="chain"),
        pytest.param({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, [], id="diamond"),
        pytest.param({"a": ["a"]}, [["a"]], id="itself"),
        pytest.param({"a": ["b"], "b": ["c"], "c": ["a"]}, [["a", "b", "c"]], id="three"),
        pytest.param({"x": ["a"], "a": ["b"], "b": ["a"]}, [["a", "b"]], id="behind-a-step"),
        pytest.param(
            {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [["a", "b"], ["c", "d"]], id="two"
        ),
        pytest.param({"a": ["z"]}, [], id="unknown"),
        pytest.param(
            {"x": ["b"], "a": ["b"], "b": ["a"]}, [["a", "b"]], id="begins-with-its-first-name"
        ),
    ],
)
def test_circles_are_found_in_order(
    waits_for: dict[str, list[str]], circles: list[list[str]]
) -> None:
    assert find_cycles(waits_for) == circles


def test_a_long_chain_does_not_recurse() -> None:
    chain = {str(n): [str(n + 1)] for n in range(5000)}

    assert find_cycles(chain) == []
    [circle] = find_cycles({**chain, "5000": ["0"]})
    assert len(circle) == 5001


def test_many_ways_to_the_same_step_are_walked_once() -> None:
    layers = {f"{side}{n}": [f"a{n + 1}", f"b{n + 1}"] for n in range(500) for side in "ab"}

    assert find_cycles(layers) == []


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)))
def test_a_circle_is_found_exactly_when_there_is_one(waits_for: dict[str, list[str]]) -> None:
    circles = find_cycles(waits_for)

    for circle in circles:
        for name, following in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert following in waits_for[name]
    assert bool(circles) == (not can_be_ordered(waits_for))


def can_be_ordered(waits_for: dict[str, list[str]]) -> bool:
    left = {name: set(others) & set(waits_for) for name, others in waits_for.items()}
    while ready := [name for name, others in left.items() if not others & set(left)]:
        for name in ready:
            del left[name]
    return not left
