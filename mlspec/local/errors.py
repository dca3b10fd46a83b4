"""Why a run does not begin. Everything that goes wrong later is the outcome of a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class CannotRun(Exception):
    """The message says in full what is missing, and what to do."""


class WrongRequest(CannotRun):
    """What is asked for contradicts itself, or is nothing that the pipeline has."""


class NoResult(CannotRun):
    """A step alone lacks what earlier steps give. `first` is the step to run first; empty where
    that is the whole pipeline."""

    def __init__(self, message: str, first: str = "") -> None:
        self.first = first
        super().__init__(message)


class UnknownName(WrongRequest):
    """A step or parameter that the pipeline has not. `known` are those that it has."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        super().__init__(f"there is no {what} `{name}`")
