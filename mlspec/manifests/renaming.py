"""A body under another name: what differs after that, differs for another reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Swaps: TypeAlias = Sequence[tuple[str, str]]
    """Old text → new text, in the order in which to look for them."""


def as_called(before: Any, after: Any, swaps: Swaps) -> Any:
    """`before` with its old names replaced, wherever it is not what `after` has anyhow: a user's
    text that happens to hold an old name stays."""
    if before == after:
        return before
    if isinstance(before, dict) and isinstance(after, dict):
        return {
            key if key in after else swapped(key, swaps): as_called(
                value, after.get(key, after.get(swapped(key, swaps))), swaps
            )
            for key, value in before.items()
        }
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        if len(before) == len(after):
            return [as_called(one, two, swaps) for one, two in zip(before, after, strict=True)]
        return [each if each in after else swapped(each, swaps) for each in before]
    changed = swapped(before, swaps)
    # Half a replacement is worse than none: `wine.clean` is a module, not the step `clean`.
    return changed if changed == after or not isinstance(after, str) else before


def swapped(value: Any, swaps: Swaps) -> Any:
    """The value with every old name in it replaced."""
    if isinstance(value, dict):
        return {swapped(key, swaps): swapped(item, swaps) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [swapped(item, swaps) for item in value]
    if isinstance(value, str):
        for old, new in swaps:
            if old and old != new and old in value:
                value = value.replace(old, new)
    return value
