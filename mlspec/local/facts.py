"""What the state of a run may say: whatever wrote it, readers find each fact as it should be, or
not at all. Another version of mlspec may have written it, or somebody's editor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LATEST = 2.0**40
"""No time and no duration in seconds is more."""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max  # false for what is no number


def _is_seconds(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= _LATEST


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_map_of(is_fit: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and all(map(is_fit, value.values()))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def is_model(value: object) -> bool:
    """A version that was registered."""
    return isinstance(value, dict) and {"name", "version", "alias"} <= value.keys()


_Kinds = dict[str, "Callable[[Any], bool]"]

_OF_RUN: _Kinds = {
    **dict.fromkeys(("run", "state", "project", "environment", "basis", "only", "start"), _is_text),
    **dict.fromkeys(("started", "finished"), _is_seconds),
    "params": _is_map_of(_is_text),
    "pid": _is_count,
}
_OF_STEP: _Kinds = {
    **dict.fromkeys(("state", "key", "reason", "message"), _is_text),
    **dict.fromkeys(("attempt", "exit"), _is_count),
    "seconds": _is_seconds,
    "metrics": _is_map_of(_is_number),
    "gate": _are_texts,
    "model": is_model,
}


def run_facts(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of run.json. None where it does not even say which run it is, how that is, when it began and
    what its steps are."""
    steps = found.get("steps")
    known = _fit(found, _OF_RUN)
    if not {"run", "state", "started"} <= known.keys() or not isinstance(steps, dict):
        return None
    named = {name: {"state": "unknown"} | step_facts(facts) for name, facts in steps.items()}
    return {"environment": "", "params": {}, **known, "steps": named}


def step_facts(found: object) -> dict[str, Any]:
    """Of a step, as far as they are known."""
    return _fit(found, _OF_STEP) if isinstance(found, dict) else {}


def _fit(found: Mapping[str, Any], kinds: _Kinds) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in kinds and kinds[name](value)}
