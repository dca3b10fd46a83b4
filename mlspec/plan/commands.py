"""Commands of the plan: words with placeholders, for the project's programs and for ours."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlspec.language.commands import split
from mlspec.plan.model import Placeholder

if TYPE_CHECKING:
    from mlspec.language.commands import Reference
    from mlspec.plan.model import Word

_RUNTIME = (("python",), ("-m",), ("mlspec.runtime",))
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode  # dumps makes one


def words(run: str | tuple[str, ...]) -> tuple[Word, ...]:
    """A command of the language → the plan's words."""
    return tuple(
        [
            tuple([part if isinstance(part, str) else placeholder(part) for part in word])
            for word in split(run)
        ]
    )


@lru_cache(maxsize=256)  # the same in each environment, and `inputs.data` in many a step
def placeholder(reference: Reference) -> Placeholder:
    if reference.group == "metrics":
        return Placeholder(kind="metrics")
    kinds: dict[str, Any] = {"inputs": "input", "outputs": "output", "params": "param"}
    return Placeholder(kind=kinds[reference.group], name=reference.name)


def runtime(verb: str, *arguments: str | Placeholder) -> tuple[Word, ...]:
    """The command of a program of ours."""
    return (*_RUNTIME, (verb,), *[(word,) for word in arguments])


def scalar_text(value: object) -> str:
    """A parameter's value as a program reads it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def compact(value: object) -> str:
    """JSON in one line, in the order given."""
    return _encode(value)
