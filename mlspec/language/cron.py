"""Cron expressions, as Argo Workflows reads them (github.com/robfig/cron/v3, standard parser).

Five fields: minute, hour, day of month, month, day of week (0 is Sunday; there is no 7). When both
day fields are restricted, either may match.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

# name, least, greatest, names of values (the first means `least`)
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)

_YEARS = range(2024, 2032)
"""Eight years from a leap year: every date at least twice, on nearly every weekday. A fixed window,
so that the result never depends on today. It begins on a Monday."""


class CronError(ValueError):
    """Not a cron expression; the message says which field is wrong and why."""


class Cron(NamedTuple):
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """Whether both day fields are restricted, so that either may match."""


@lru_cache(maxsize=64)
def parse(expression: str) -> Cron:
    """Raises CronError. Remembered: the checks ask in each environment, and then the plan."""
    fields = DESCRIPTORS.get(expression, expression).split()
    if len(fields) != 5:
        number = f"{len(fields)} field{'' if len(fields) == 1 else 's'}"
        raise CronError(f"it has {number}, not five: minute, hour, day, month, weekday")
    restricted = [_is_restricted(text) for text in (fields[2], fields[4])]
    minutes, hours, days, months, weekdays = (
        _field(text, *row) for text, row in zip(fields, _FIELDS, strict=True)
    )
    return Cron(minutes, hours, days, months, weekdays, either_day=all(restricted))


def _is_restricted(text: str) -> bool:
    """As in the parser's getRange: a `*` anywhere in the list lifts the restriction, but `*/2` is
    one (`if step > 1 { extra = 0 }`)."""
    return not any(part in ("*", "?", "*/1", "?/1") for part in text.split(","))


def _field(
    text: str, name: str, least: int, greatest: int, names: tuple[str, ...]
) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = _number(step_text, f"step of the {name}", 1, greatest, ()) if slash else 1
        if span in ("*", "?"):
            low, high = least, greatest
        else:
            first, dash, last = span.partition("-")
            low = _number(first, name, least, greatest, names)
            high = _number(last, name, least, greatest, names) if dash else low
            high = greatest if slash and not dash else high
        if low > high:
            raise CronError(f"the {name} `{part}` runs backwards")
        found.update(range(low, high + 1, step))
    return frozenset(found)


def _number(text: str, name: str, least: int, greatest: int, names: tuple[str, ...]) -> int:
    if text.lower() in names:
        return names.index(text.lower()) + least
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        raise CronError(f"the {name} `{text}` is not a number")
    value = int(text)
    if not least <= value <= greatest:
        hint = " (Sunday is 0)" if name == "day of the week" and value == 7 else ""
        raise CronError(f"the {name} {value} is not between {least} and {greatest}{hint}")
    return value


def ever_fires(cron: Cron) -> bool:
    """Whether any day matches: `0 0 30 2 *` never does."""
    return any(True for _ in matching_days(cron))


def longest_gap(cron: Cron) -> int | None:
    """Seconds between the two firings that lie furthest apart; None when it never fires."""
    furthest, _ = _between_days(_any_time(cron))
    if not furthest:
        return None
    times = sorted(hour * 60 + minute for hour in cron.hours for minute in cron.minutes)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    over_night = 24 * 60 + times[0] - times[-1]
    return 60 * max([*gaps, over_night + (furthest - 1) * 24 * 60])


def shortest_gap(cron: Cron) -> int | None:
    """Seconds between the two firings that lie closest together; None when it never fires."""
    _, nearest = _between_days(_any_time(cron))
    if not nearest:
        return None
    times = sorted(hour * 60 + minute for hour in cron.hours for minute in cron.minutes)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return 60 * min([*gaps, 24 * 60 * nearest + times[0] - times[-1]])


def _any_time(cron: Cron) -> Cron:
    return cron._replace(minutes=frozenset(), hours=frozenset())


@lru_cache(maxsize=64)
def _between_days(cron: Cron) -> tuple[int, int]:
    """Days from one that matches to the next, at most and at least; zeros where none matches.
    Remembered: schedules differ in their times, hardly in their days."""
    days = list(matching_days(cron))
    if not days:
        return 0, 0
    gaps = [later - earlier for earlier, later in pairwise(days)]
    return max(gaps), min(gaps)


def matching_days(cron: Cron) -> Iterator[int]:
    """The days that match, counted from the first one looked at."""
    day = 0
    for year in _YEARS:
        for month in range(1, 13):
            length = _length_of(month, year)
            if month in cron.months:
                for date in range(1, length + 1):
                    in_month, in_week = date in cron.days, (day + date) % 7 in cron.weekdays
                    if (in_month or in_week) if cron.either_day else (in_month and in_week):
                        yield day + date - 1
            day += length


def _length_of(month: int, year: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 else 28
    return 30 if month in (4, 6, 9, 11) else 31
