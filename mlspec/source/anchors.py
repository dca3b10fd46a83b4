"""Parts of a file that stand for more than one: what has an anchor, and is referred to.

A change there changes every place that refers to it, right ones as well. Used when something is to
be mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[int, int]
"""A line and a column, from 1."""


def shared_parts(text: str) -> list[tuple[Place, Place]]:
    """Where the anchored values of a well-formed text begin and end, if an alias refers to them."""
    if "*" not in text or "&" not in text:
        return []
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Any] = yaml.parse(text, loader)
    found: list[tuple[str, Place, Place]] = []
    used: set[str] = set()
    open_: list[tuple[str | None, Place]] = []
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            used.add(str(event.anchor))
        elif isinstance(event, yaml.CollectionStartEvent):
            open_.append((event.anchor, _place(event.start_mark)))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, start = open_.pop()
            if anchor is not None:
                found.append((anchor, start, _place(event.end_mark)))
        elif isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
            found.append((event.anchor, _place(event.start_mark), _place(event.end_mark)))
    return [(start, end) for anchor, start, end in found if anchor in used]


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1
