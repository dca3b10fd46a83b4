"""Multi-window, multi-burn-rate alerts: one objective becomes recording rules and four alerts.

https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from mlspec.record import Record

from .promql import matcher, number, selector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

MIN_BAD_REQUESTS = 5
"""What the long window must hold before anyone is told: at one request an hour each failure would
be an outage. Five is a choice: an outage of a busy service passes it in a second, and a service
with a handful of requests an hour still gets its alert."""


class Window(Record):
    """`factor` times too fast, over `long` and still over `short`.

    `wait` (the rule's `for`) keeps a single evaluation from paging, as kubernetes-mixin has it:
    https://github.com/kubernetes-monitoring/kubernetes-mixin/blob/master/config.libsonnet
    """

    factor: str
    long: str
    short: str
    wait: str
    page: bool
    exhausted: str
    """When a month's budget is gone at this rate: 30 days / factor."""


# Table 5-8 of the workbook.
WINDOWS = (
    Window(factor="14.4", long="1h", short="5m", wait="2m", page=True, exhausted="50 hours"),
    Window(factor="6", long="6h", short="30m", wait="15m", page=True, exhausted="5 days"),
    Window(factor="3", long="1d", short="2h", wait="1h", page=False, exhausted="10 days"),
    Window(factor="1", long="3d", short="6h", wait="3h", page=False, exhausted="30 days"),
)

RECORDED = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


class Indicator(Record):
    """What is counted. `ratio` and `count` make PromQL of the bad requests of a window; `noun`
    names these in the recorded series, which `labels` tell apart."""

    noun: str
    ratio: Callable[[str], str]
    count: Callable[[str], str]
    labels: Mapping[str, str]

    def ratio_name(self, window: str) -> str:
        return f"service:slo_{self.noun}_per_request:ratio_rate{window}"

    def count_name(self, window: str) -> str:
        return f"service:slo_{self.noun}:increase{window}"


def budget_of(per_cent: str) -> Decimal:
    """The share of requests that may be bad: exactly 0.005 for "99.5"."""
    return (100 - Decimal(per_cent)) / 100


def reachable(budget: Decimal) -> Iterator[Window]:
    """With a budget of 10 % nothing burns faster than tenfold: a rule for 14.4 would never fire."""
    return (window for window in WINDOWS if Decimal(window.factor) * budget < 1)


def recording_rules(indicator: Indicator) -> Iterator[dict[str, Any]]:
    """The ratio over every window, and the count over the long ones."""
    for window in RECORDED:
        expr = indicator.ratio(window)
        yield {
            "record": indicator.ratio_name(window),
            "expr": expr,
            "labels": dict(indicator.labels),
        }
    for window in (w.long for w in WINDOWS):
        expr = indicator.count(window)
        yield {
            "record": indicator.count_name(window),
            "expr": expr,
            "labels": dict(indicator.labels),
        }


def condition(indicator: Indicator, window: Window, budget: Decimal) -> str:
    """Too fast in both windows, by more than a few requests. Its value is the long one's ratio."""
    matchers = [matcher(label, value) for label, value in indicator.labels.items()]
    threshold = f"({window.factor} * {number(budget)})"
    return (
        f"{selector(indicator.ratio_name(window.long), *matchers)} > {threshold}\n"
        f"and\n"
        f"{selector(indicator.ratio_name(window.short), *matchers)} > {threshold}\n"
        f"and\n"
        f"{selector(indicator.count_name(window.long), *matchers)} >= {MIN_BAD_REQUESTS}"
    )
