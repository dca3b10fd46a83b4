"""checks: a typed spec → what is wrong with its meaning. One file a subject.

`CHECKS` is the order in which they run; each takes a Context and yields Problems, and none relies
on another having passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.columns import check_columns
from mlspec.checks.commands import check_commands
from mlspec.checks.context import Context
from mlspec.checks.cycles import check_cycles
from mlspec.checks.dataflow import Dataflow, dataflow_of
from mlspec.checks.effects import check_effects
from mlspec.checks.exposure import check_exposure
from mlspec.checks.gates import check_gates
from mlspec.checks.images import check_images
from mlspec.checks.limits import check_quota, check_sizes
from mlspec.checks.lock import check_locked_models
from mlspec.checks.names import check_names
from mlspec.checks.ranges import check_ranges
from mlspec.checks.references import check_references
from mlspec.checks.rollouts import check_rollouts
from mlspec.checks.schedule import check_schedule
from mlspec.checks.secrets import check_secrets
from mlspec.checks.sources import check_sources
from mlspec.checks.templates import check_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.problem import Problem

__all__ = ["CHECKS", "Context", "Dataflow", "dataflow_of", "run_checks"]

CHECKS = (
    check_names,
    check_references,
    check_cycles,
    check_columns,
    check_commands,
    check_templates,
    check_sources,
    check_gates,
    check_effects,
    check_rollouts,
    check_exposure,
    check_ranges,
    check_schedule,
    check_secrets,
    check_images,
    check_locked_models,
    check_sizes,
    check_quota,
)


def run_checks(context: Context) -> Iterator[Problem]:
    """All problems of one project in one environment."""
    for check in CHECKS:
        yield from check(context)
