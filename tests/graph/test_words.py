"""Values of the plan as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlspec.graph import words
from mlspec.plan.model import (
    AzureLocation,
    GcsLocation,
    GitLocation,
    HdfsLocation,
    HttpLocation,
    Placeholder,
    Replicas,
    Resources,
    Retry,
    S3Location,
)
from tests.plans import wine_steps

if TYPE_CHECKING:
    from mlspec.plan.model import Location


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (5400, "1 h 30 min"), (7200, "2 h"),
     (604800, "7 d"), (90061, "1 d 1 h")],
)  # fmt: skip
def test_durations_have_two_units_at_most(seconds: int, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (S3Location(bucket="b", key="k/", endpoint="e"), "s3://b/k/"),
        (GcsLocation(bucket="b", key="k"), "gs://b/k"),
        (AzureLocation(endpoint="https://a", container="c", blob="b"), "https://a/c/b"),
        (HdfsLocation(addresses=("h:1",), path="/p", user="u"), "hdfs:///p"),
        (HttpLocation(url="https://x/y.csv"), "https://x/y.csv"),
        (GitLocation(repository="https://g/r.git", revision="main", path="d"),
         "https://g/r.git at main: d"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_places(location: Location, said: str) -> None:
    assert words.place(location) == said


def test_a_command_is_quoted_for_a_shell_and_its_placeholders_are_the_language_s() -> None:
    argv = (
        ("python",),
        ("a b",),
        (),
        ("--trees=", Placeholder(kind="param", name="trees")),
        (Placeholder(kind="metrics"),),
    )
    step = wine_steps()[2].replace(argv=argv)

    assert words.command(step) == "python 'a b' '' --trees=${{ params.trees }} ${{ metrics }}"


def test_an_option_that_is_only_known_at_run_time_is_none() -> None:
    gate = next(step for step in wine_steps() if step.kind == "gate")

    assert words.option(gate, "--model") == "wine-grader"
    assert words.option(gate, "--metrics") == ""
    assert words.option(gate, "--other") == ""


def test_bounds_of_a_gate() -> None:
    text = '{"mae": {"max": 3, "no_worse_than": "champion"}, "f1": {"min": 0.8, "max": 1}}'

    assert list(words.gates(text)) == ["mae ≤ 3, no worse than champion", "f1 ≥ 0.8, ≤ 1"]


def test_columns_of_a_check() -> None:
    assert list(words.columns('{"a": {"type": "int", "min": 0}, "b": {"type": "string"}}')) == [
        "a: int, min 0",
        "b: string",
    ]


def test_numbers_of_things() -> None:
    assert words.replicas(Replicas(min=1, max=1)) == "1 replica"
    assert words.replicas(Replicas(min=2, max=2)) == "2 replicas"
    assert words.replicas(Replicas(min=2, max=9)) == "2 to 9 replicas"
    assert words.retry(Retry(limit=1, backoff_seconds=90)) == "once, first after 1 min 30 s"
    assert words.retry(Retry(limit=3)) == "3 times, first after 30 s"
    assert words.retry(None) == ""
    assert words.resources(Resources(cpu="2", memory="4Gi", gpu=1)) == "2 CPU · 4Gi · 1 GPU"
