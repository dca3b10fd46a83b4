"""Schedules: the pipeline's cron expression is one, and some day it comes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.language.cron import CronError, ever_fires, parse
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZONES = Path(__file__).with_name("timezones.txt")
"""The names of the IANA time zone database."""


def check_schedule(context: Context) -> Iterator[Problem]:
    schedule = context.project.pipeline.schedule
    if schedule is None:
        return
    path = ("pipeline", "schedule")
    at = path if isinstance(schedule, str) else (*path, "cron")
    expression = schedule if isinstance(schedule, str) else schedule.cron
    try:
        comes = ever_fires(parse(expression))
    except CronError as error:
        yield Problem(
            "MLS212", at, f"`{expression}` is not a schedule: {error}",
            help=_meant(expression) or 'for example "0 3 * * *": every day at three',
        )  # fmt: skip
    else:
        if not comes:
            yield Problem(
                "MLS213", at, f"`{expression}` never comes: no month has such a day",
                help="check the day of the month and the month",
            )  # fmt: skip
    if not isinstance(schedule, str) and not _is_timezone(schedule.timezone):
        yield Problem(
            "MLS212", (*path, "timezone"), f"`{schedule.timezone}` is not a time zone",
            help="for example Europe/Paris, America/New_York or UTC",
        )  # fmt: skip
    if not context.flow.nodes:
        yield Problem(
            "MLS201", path, "there is nothing to run: no transforms and no training",
            help="add steps, or remove the schedule", on_key=True,
        )  # fmt: skip


def _meant(expression: str) -> str:
    """What a schedule with seconds, or in words, would be. Empty: nobody knows."""
    fields = expression.lower().split()
    words = [word for word in fields if word.isalpha()]
    seconds = fields[:1] if fields[:1] and "=" not in fields[0] else []
    candidates = [" ".join(fields[len(seconds) :]), *(f"@{word}" for word in words)]
    candidates += [f"0 3 * * {word[:3]}" for word in words]
    for candidate in candidates:
        try:
            parse(candidate)
        except CronError:
            continue
        return f'did you mean "{candidate}"?'
    return ""


def _is_timezone(name: str) -> bool:
    """By a list of our own, so that a spec is right or wrong alike on every machine."""
    return name == "UTC" or name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(_ZONES.read_text(encoding="utf-8").splitlines())
