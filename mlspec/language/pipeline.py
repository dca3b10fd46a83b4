"""`pipeline`: when and how the steps run as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from typing import Literal

    from mlspec.language.monitoring import Notify
    from mlspec.language.resources import Retries
    from mlspec.language.scalars import Count, Cron, Duration, Line


class Schedule(Record):
    """When the pipeline runs. A cron expression alone is short for `{cron: …}`."""

    cron: Cron
    """Five fields (minute, hour, day, month, weekday), or @daily and the like."""
    timezone: Line = "UTC"
    """The time zone of the cron expression, such as Europe/Paris."""


class Pipeline(Record):
    """When and how the steps run as a whole. The steps and their order follow from the data."""

    schedule: Cron | Schedule | None = None
    """When it runs by itself. Without one it runs only when someone starts it."""
    timeout: Duration = "24h"
    """How long one run may take before it is stopped."""
    retries: Count | Retries = 0
    """How often a failed step is tried again. A failed data check or gate never is."""
    concurrency: Literal["forbid", "allow", "replace"] = "forbid"
    """What happens when a run is due while another still runs: skip it, let both run, or stop the
    older one."""
    notify: Notify | None = None
    """Whom its alerts reach."""
