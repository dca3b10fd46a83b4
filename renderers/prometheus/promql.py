"""PromQL as text: selectors, durations and numbers, in one way only."""

from __future__ import annotations

from functools import lru_cache
from json import JSONEncoder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

_encode = JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder each time
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def quote(text: str) -> str:
    """A string literal: PromQL's are Go's, of which JSON's are a subset.

    https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals
    """
    return _encode(text)


def matcher(label: str, value: str, operator: str = "=") -> str:
    return f"{label}{operator}{quote(value)}"


def selector(metric: str, *matchers: str) -> str:
    """A selector on one line, for few matchers."""
    return f"{metric}{{{', '.join(matchers)}}}"


@lru_cache(maxsize=64)  # the rules of an objective ask for few, each for every window
def tall_selector(metric: str, *matchers: str) -> str:
    """A selector with a line for each matcher."""
    lines = ",\n".join(matchers)
    return f"{metric}{{\n{indent(lines)}\n}}"


def indent(text: str) -> str:
    return "  " + text.replace("\n", "\n  ")


def duration(seconds: int) -> str:
    """An exact duration as Prometheus writes it: 94500 is `1d2h15m`."""
    parts = []
    for size, unit in _UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts) or "0s"


def number(value: Decimal) -> str:
    """The shortest exact decimal, without an exponent."""
    return format(value.normalize(), "f")
