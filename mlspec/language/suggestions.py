"""Small helpers for messages: the nearest known name, and values that are fit to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 60


def nearest(name: str, names: Iterable[Any]) -> str | None:
    """The known name that was probably meant, if any is near."""
    from difflib import get_close_matches

    folded = {str(known).lower().replace("_", "-"): str(known) for known in names}
    close = get_close_matches(name.lower().replace("_", "-")[:100], folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def did_you_mean(name: str, names: Iterable[str], none: str = "") -> str:
    """`did you mean …?`, or what there is to choose from, or `none` where there is nothing."""
    known = list(names)
    near = nearest(name, known)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"there is: {', '.join(known)}" if known else none


def shown(value: Any) -> str:
    """A value in a message: one line, not too long."""
    text = str(value) if not isinstance(value, bool) else str(value).lower()
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
