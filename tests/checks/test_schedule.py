"""The pipeline's schedule is a cron expression, and some day it comes."""

from __future__ import annotations

import pytest

from mlspec.checks.schedule import check_schedule
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems


def schedule(text: str) -> str:
    return f"pipeline: {{schedule: {text}}}"


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="none"),
        pytest.param(schedule("'0 3 * * *'"), id="short"),
        pytest.param(schedule("'@daily'"), id="descriptor"),
        pytest.param(schedule("{cron: '0 3 * * *'}"), id="long"),
        pytest.param(schedule("{cron: '0 3 * * *', timezone: Europe/Paris}"), id="zone"),
        pytest.param(
            schedule("{cron: '@daily', timezone: America/Argentina/Buenos_Aires}"), id="deep-zone"
        ),
    ],
)
def test_schedules_that_come(patch: str) -> None:
    assert problems(check_schedule, patch) == []


@pytest.mark.parametrize("form", ["'{}'", "{{cron: '{}'}}"], ids=["short", "long"])
@pytest.mark.parametrize(
    ("expression", "code", "said"),
    [
        ("0 25 * * *", "MLS212", "is not a schedule: the hour 25 is not between 0 and 23"),
        ("@Daily", "MLS212", "is not a schedule: it has 1 field, not five"),
        ("0 0 31 2 *", "MLS213", "never comes: no month has such a day"),
    ],
)
def test_schedules_that_are_none(form: str, expression: str, code: str, said: str) -> None:
    patch = schedule(form.format(expression))

    found = diagnosed(check_schedule, patch)

    assert found.code == code
    assert found.message.startswith(f"`{expression}` {said}")
    assert expression in found_at(found, merged(PROJECT, patch))


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "Europe", "..", "/etc/passwd", "Europe//Paris", "a" * 300, "Ünited"]
)
def test_what_is_no_time_zone(zone: str) -> None:
    patch = schedule(f"{{cron: '@daily', timezone: {zone!r}}}")

    found = diagnosed(check_schedule, patch)

    assert (found.code, found.message) == ("MLS212", f"`{zone}` is not a time zone")
    assert zone in found_at(found, merged(PROJECT, patch))


def test_a_schedule_of_nothing() -> None:
    found = problem(
        check_schedule,
        "{transforms: null, training: null, serving: null, pipeline: {schedule: '@daily'}}",
    )

    assert (found.code, found.path) == ("MLS201", ("pipeline", "schedule"))
    assert found.message == "there is nothing to run: no transforms and no training"


@pytest.mark.parametrize(
    ("schedule", "help"),
    [
        pytest.param("0 30 2 * * *", 'did you mean "30 2 * * *"?', id="seconds"),
        pytest.param("daily", 'did you mean "@daily"?', id="word"),
        pytest.param("every monday", 'did you mean "0 3 * * mon"?', id="day"),
        pytest.param("TZ=UTC 0 3 * * *", 'for example "0 3 * * *": every day at three', id="zone"),
        pytest.param("0 3 * * 7", 'for example "0 3 * * *": every day at three', id="no-sunday"),
    ],
)
def test_the_schedule_that_was_meant(schedule: str, help: str) -> None:
    assert problem(check_schedule, f"pipeline: {{schedule: '{schedule}'}}").help == help
