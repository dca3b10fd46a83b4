"""`monitoring`: what is promised of a service, and who hears when it does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.scalars import Duration, Line, Percent, Percentile, Url


class Slo(Record):
    """Service level objectives over 30 days."""

    availability: Percent | None = None
    """The share of requests that are answered without a server error."""
    latency: Mapping[Percentile, Duration] = {}
    """`p95: 250ms`: 95 % of the requests are answered within 250 ms."""


class Notify(Record):
    """Whom alerts reach."""

    severity: Literal["info", "warning", "critical"] = "warning"
    """The severity of alerts that need someone now; slower ones are warnings."""
    channel: Line = ""
    """A label for the alert router: a chat channel, a pager's queue."""
    runbook: Url | None = None
    """What to read first. Default: the platform's runbook for the alert."""


class Monitoring(Record):
    """What is promised of one service."""

    slo: Slo
    """The objectives; each gets burn-rate alerts."""
    notify: Notify = Notify()
    """Whom the alerts reach."""
