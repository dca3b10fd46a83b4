"""What a guardrail finds, before anyone looks where that is in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mlspec.language.guardrails import AnyGuardrail
    from mlspec.source.tree import Path


class Break(NamedTuple):
    """A place of project.yaml that breaks a rule. `message` says what is there and what is asked
    for; it names no environment, so that the same mistake in several is told once."""

    path: Path
    message: str
    help: str = ""
    on_key: bool = False
    related: tuple[tuple[str, Path], ...] = ()


class Failure(NamedTuple):
    """A rule in CEL that cannot be judged. `part` is the key of the guardrail that is at fault, and
    `line` and `column` (from 1) the place in its text; 0: all of it."""

    message: str
    help: str = ""
    part: tuple[str, ...] = ("expression",)
    line: int = 0
    column: int = 0
    width: int = 1


class Finding(NamedTuple):
    """What came of a guardrail in one environment."""

    name: str
    guardrail: AnyGuardrail
    found: Break | Failure
