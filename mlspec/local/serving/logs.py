"""The part of a server's log that tells why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TRACEBACK = "Traceback (most recent call last):"
_CHAINS = ("During handling of the above exception", "The above exception was the direct cause")


def telling(lines: Iterable[str], count: int) -> list[str]:
    """At most `count` lines: those that end with the first exception, or the last ones where there
    is none. A server that fails has more to say while it shuts down, other exceptions included."""
    found = [line.rstrip() for line in lines]
    end = _end_of_exception(found)
    return found[max(0, end - count) : end]


def _end_of_exception(lines: list[str]) -> int:
    """Behind the first exception and those that it led to; behind all lines without one."""
    end = 0
    for start in (at for at, line in enumerate(lines) if line == _TRACEBACK):
        if end and not any(line.startswith(_CHAINS) for line in lines[end:start]):
            break
        frames = range(start + 1, len(lines))
        end = next((at + 1 for at in frames if not lines[at].startswith(" ")), len(lines))
    return end or len(lines)
