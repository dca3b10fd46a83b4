"""min-interval: no pipeline runs by itself more often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.guardrails.finding import Break
from mlspec.language.cron import CronError, parse, shortest_gap
from mlspec.language.units import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.language.guardrails import MinInterval


def check(rule: MinInterval, context: Context) -> Iterator[Break]:
    schedule = context.project.pipeline.schedule
    if schedule is None:
        return
    is_short = isinstance(schedule, str)
    try:
        gap = shortest_gap(parse(schedule if isinstance(schedule, str) else schedule.cron))
    except CronError:  # which MLS212 tells
        return
    if gap is not None and gap < seconds(rule.interval):
        path = ("pipeline", "schedule")
        yield Break(
            path if is_short else (*path, "cron"),
            f"the pipeline runs every {_shown(gap)} at times, and {rule.interval} is the shortest",
            help="let it run less often",
        )


def _shown(gap: int) -> str:
    """Seconds as the language writes a duration. A gap is of whole minutes."""
    parts = ((gap // 86400, "d"), (gap % 86400 // 3600, "h"), (gap % 3600 // 60, "m"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)
