"""Cron expressions mean what Argo Workflows' parser takes them for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.language.cron import DESCRIPTORS, CronError, longest_gap, matching_days, parse

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("field", "values"),
    [
        pytest.param("5", {5}, id="number"),
        pytest.param("1,3,5", {1, 3, 5}, id="list"),
        pytest.param("1-4", {1, 2, 3, 4}, id="range"),
        pytest.param("*/6", {0, 6, 12, 18}, id="every"),
        pytest.param("?/6", {0, 6, 12, 18}, id="question-mark"),
        pytest.param("2-10/4", {2, 6, 10}, id="range-with-step"),
        pytest.param("20/2", {20, 22}, id="from-a-number-to-the-end"),
        pytest.param("1-2,20-21", {1, 2, 20, 21}, id="list-of-ranges"),
        pytest.param("05", {5}, id="leading-zero"),
    ],
)
def test_a_field_is_a_set_of_values(field: str, values: set[int]) -> None:
    assert parse(f"0 {field} * * *").hours == values


def test_months_and_days_have_names_in_any_case() -> None:
    cron = parse("0 0 * JAN-mar Mon,fri")

    assert cron.months == {1, 2, 3}
    assert cron.weekdays == {1, 5}


@pytest.mark.parametrize("descriptor", DESCRIPTORS)
def test_descriptors_stand_for_expressions(descriptor: str) -> None:
    assert parse(descriptor) == parse(DESCRIPTORS[descriptor])


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        pytest.param("", "it has 0 fields", id="empty"),
        pytest.param("0 3 * *", "it has 4 fields", id="four-fields"),
        pytest.param("0 0 3 * * *", "it has 6 fields", id="seconds"),
        pytest.param("@every 1h", "it has 2 fields", id="every"),
        pytest.param("@Daily", "it has 1 field, not five", id="descriptor-in-capitals"),
        pytest.param("CRON_TZ=UTC 0 3 * * *", "it has 6 fields", id="time-zone"),
        pytest.param("60 * * * *", "the minute 60 is not between 0 and 59", id="minute"),
        pytest.param("0 24 * * *", "the hour 24 is not between 0 and 23", id="hour"),
        pytest.param("0 0 0 * *", "the day of the month 0 is not between 1 and 31", id="day"),
        pytest.param("0 0 * 13 *", "the month 13 is not between 1 and 12", id="month"),
        pytest.param("0 0 * * 7", "7 is not between 0 and 6 (Sunday is 0)", id="seven"),
        pytest.param("x * * * *", "the minute `x` is not a number", id="word"),
        pytest.param("0 0 * * monday", "the day of the week `monday` is not a number", id="monday"),
        pytest.param("-1 * * * *", "the minute `` is not a number", id="negative"),
        pytest.param("1,,2 * * * *", "the minute `` is not a number", id="empty-part"),
        pytest.param("5-1 * * * *", "the minute `5-1` runs backwards", id="backwards"),
        pytest.param("*/0 * * * *", "step of the minute 0 is not between 1 and 59", id="step-0"),
        pytest.param("*/x * * * *", "the step of the minute `x` is not a number", id="step-x"),
        pytest.param("1/2/3 * * * *", "the step of the minute `2/3` is not a number", id="slashes"),
        pytest.param("1-2-3 * * * *", "the minute `2-3` is not a number", id="dashes"),
        pytest.param("٣ * * * *", "the minute `٣` is not a number", id="arabic-digit"),
        pytest.param("9" * 5000 + " * * * *", "is not a number", id="huge"),
        pytest.param("0 0 L * *", "the day of the month `L` is not a number", id="quartz"),
    ],
)
def test_what_is_no_expression_is_refused_by_field(expression: str, said: str) -> None:
    with pytest.raises(CronError) as raised:
        parse(expression)

    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("days", "either"),
    [
        pytest.param("1 {} *", False, id="weekday-open"),
        pytest.param("* {} 1", False, id="day-open"),
        pytest.param("2 {} 1", True, id="both-restricted"),
        pytest.param("*/2 {} 1", True, id="steps-restrict"),
        pytest.param("*/1 {} 1", False, id="a-step-of-one-does-not"),
        pytest.param("5,* {} 1", False, id="star-in-a-list-opens"),
        pytest.param("? {} 1", False, id="question-mark-opens"),
    ],
)
def test_either_day_field_may_match_when_both_are_restricted(days: str, either: bool) -> None:
    assert parse(f"0 0 {days.format('*')}").either_day is either


def test_restricted_days_match_by_month_or_by_week() -> None:
    a_monday, the_second, next_monday = 0, 1, 7

    assert list(islice(matching_days(parse("0 0 2 * 1")), 3)) == [
        a_monday, the_second, next_monday,
    ]  # fmt: skip


DAY_FIELDS = st.sets(st.integers(1, 31), min_size=1)
MONTH_FIELDS = st.sets(st.integers(1, 12), min_size=1)
WEEKDAY_FIELDS = st.sets(st.integers(0, 6), min_size=1)


@given(DAY_FIELDS, MONTH_FIELDS, WEEKDAY_FIELDS, st.booleans())
def test_days_match_as_the_calendar_has_them(
    days: set[int], months: set[int], weekdays: set[int], either: bool
) -> None:
    cron = parse("0 0 * * *")._replace(
        days=frozenset(days), months=frozenset(months), weekdays=frozenset(weekdays),
        either_day=either,
    )  # fmt: skip
    first, found = date(2024, 1, 1), []
    for number in range((date(2032, 1, 1) - first).days):
        day = first + timedelta(days=number)
        in_month, in_week = day.day in days, day.isoweekday() % 7 in weekdays
        if day.month in months and ((in_month or in_week) if either else (in_month and in_week)):
            found.append(number)

    assert list(matching_days(cron)) == found


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        pytest.param("* * * * *", MINUTE, id="every-minute"),
        pytest.param("*/15 * * * *", 15 * MINUTE, id="every-quarter"),
        pytest.param("0 3 * * *", DAY, id="daily"),
        pytest.param("0 9-17 * * *", 16 * HOUR, id="over-night"),
        pytest.param("0 9 * * 1-5", 3 * DAY, id="over-the-weekend"),
        pytest.param("0 0 * * 0", 7 * DAY, id="weekly"),
        pytest.param("0 0 1 * *", 31 * DAY, id="monthly"),
        pytest.param("0 0 31 * *", 61 * DAY, id="long-months-only"),
        pytest.param("0 0 1 1 *", 366 * DAY, id="yearly"),
        pytest.param("0 0 29 2 *", 1461 * DAY, id="leap-days"),
        pytest.param("0 0 31 2 *", None, id="never"),
        pytest.param("0 0 30 feb *", None, id="never-by-name"),
        pytest.param("0 0 31 2 1", 350 * DAY, id="a-weekday-instead"),
    ],
)
def test_the_longest_gap_between_two_runs(expression: str, gap: int | None) -> None:
    assert longest_gap(parse(expression)) == gap


@given(st.text(st.sampled_from("0123456789*/-,? @jandmo"), max_size=25))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    try:
        gap = longest_gap(parse(text))
    except CronError as error:
        assert str(error)
    else:
        assert gap is None or gap >= MINUTE
