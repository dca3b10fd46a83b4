"""The built-in rules, one file each: `min-replicas` is `min_replicas.py`.

A rule is a function `check(rule, context) -> Iterator[Break]`: `rule` is its model in
`mlspec/language/guardrails.py`, `context` what every check looks at. It judges what is written,
with the defaults where nothing is, and points at the narrowest place.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.guardrails.finding import Break
    from mlspec.language.guardrails import AnyGuardrail


def breaks(guardrail: AnyGuardrail, context: Context) -> Iterator[Break]:
    """What a project breaks of a built-in rule."""
    module = import_module(f"{__name__}.{guardrail.rule.replace('-', '_')}")
    found: Iterator[Break] = module.check(guardrail, context)
    return found
