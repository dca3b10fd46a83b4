"""Latency objectives, measured with the histogram of Seldon's executor.

A histogram knows how many requests stayed within each of its buckets' bounds and nothing between
them. Where the threshold is a bound, the numbers are exact.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .promql import indent, matcher, number
from .seldon import BUCKET, answered, total

if TYPE_CHECKING:
    from .seldon import Matchers

# In seconds. SeldonIO/seldon-core, executor/api/metric/constants.go, `DefBuckets`.
BUCKETS = tuple(
    Decimal(bound)
    for bound in (
        *("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75"),
        *("1", "2.5", "5", "7.5", "10"),
    )
)


class LatencyBound:
    """Where a threshold lies among the buckets.

    - On a bound: its bucket.
    - Between two: both, weighed as `histogram_quantile` does it, as if the requests were spread
      evenly between them. An estimate, and the alert says so.
    - Beyond the last: that one. The executor cannot tell 11 s from 12 s, so all above 10 s is slow;
      better an alert too many than an objective that nobody measures.
    """

    def __init__(self, threshold_ms: int) -> None:
        threshold = Decimal(threshold_ms) / 1000
        self.measured = min(threshold, BUCKETS[-1])
        self.beyond = threshold > self.measured
        self.upper = next(bound for bound in BUCKETS if bound >= self.measured)
        self.lower = max((bound for bound in BUCKETS if bound < self.upper), default=Decimal(0))
        self.exact = self.measured == self.upper

    def note(self) -> str:
        """What the reader of an alert must know of its numbers."""
        if self.beyond:
            return f"Measured at {number(self.upper)}s, the largest bucket of Seldon's executor."
        if not self.exact:
            return (
                f"Estimated between the buckets of {number(self.lower)}s and {number(self.upper)}s."
            )
        return ""


def slow_ratio(requests: Matchers, bound: LatencyBound, window: str) -> str:
    """The answers that came late. Failures are left out: they count against the availability."""
    answers = answered(requests)
    return (
        f"1 - (\n"
        f"{indent(_fast('rate', answers, bound, window))}\n"
        f"  /\n"
        f"{indent('(' + total('rate', answers, window) + ' > 0)')}\n"
        f")"
    )


def slow_count(requests: Matchers, bound: LatencyBound, window: str) -> str:
    answers = answered(requests)
    return f"{total('increase', answers, window)}\n-\n{_fast('increase', answers, bound, window)}"


def _fast(function: str, matchers: Matchers, bound: LatencyBound, window: str) -> str:
    """The number of requests within the bound."""
    upper = total(function, (*matchers, _le(bound.upper)), window, metric=BUCKET)
    if bound.exact:
        return upper
    # The division is left to Prometheus: a third has no exact decimal.
    width = number(bound.upper - bound.lower)
    part = f"{number(bound.measured - bound.lower)} / {width} * {upper}"
    if bound.lower:
        lower = total(function, (*matchers, _le(bound.lower)), window, metric=BUCKET)
        part = f"{number(bound.upper - bound.measured)} / {width} * {lower}\n+\n{part}"
    return f"(\n{indent(part)}\n)"


def _le(bound: Decimal) -> str:
    """Prometheus 3 stores le="1" as le="1.0", Prometheus 2 as the executor writes it: both match.

    https://prometheus.io/docs/prometheus/3.0/migration/, "le and quantile label values"
    """
    text = number(bound)
    if "." in text:
        return matcher("le", text)
    return matcher("le", rf"{text}|{text}\.0", "=~")
