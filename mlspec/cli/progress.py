"""A bar on a terminal while long work goes on; nothing where nobody looks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    Item = TypeVar("Item")

_WORTH_A_BAR = 40
"""Fewer projects are done before a bar could be read."""


def watched(items: Iterator[Item], total: int, label: str, *, quiet: bool) -> Iterator[Item]:
    """The same items; while they come, stderr shows how many of `total` there were."""
    if quiet or total < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from items
        return
    import click

    with click.progressbar(items, length=total, label=label, file=sys.stderr) as bar:
        yield from bar
