"""JSON that a step is given (as an argument or a file), with errors that say what is wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from mlspec.runtime.errors import StepFailure, UsageError


def object_argument(text: str, flag: str) -> dict[str, Any]:
    """The JSON object given to a flag; UsageError when it is not one."""
    try:
        value = json.loads(text)
    except ValueError as err:
        raise UsageError(f"{flag}: expected a JSON object, found malformed JSON: {err}") from err
    if not isinstance(value, dict):
        raise UsageError(f"{flag}: expected a JSON object, found {type(value).__name__}")
    return value


def read_metrics(path: Path) -> dict[str, float]:
    """The flat map metric to number of a metrics file; NaN and infinities are kept as they are."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as err:
        raise StepFailure(f"{path}: expected JSON, found malformed JSON: {err}") from err
    if not isinstance(value, dict):
        raise StepFailure(f"{path}: expected a map metric to number, found {type(value).__name__}")
    wrong = {k: v for k, v in value.items() if isinstance(v, bool) or not _is_number(v)}
    if wrong:
        found = ", ".join(f"{name} is {type(v).__name__}" for name, v in wrong.items())
        raise StepFailure(f"{path}: expected a number for every metric, found: {found}")
    return {name: _to_float(number) for name, number in value.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _to_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of more than 308 digits is no metric
        return math.inf
