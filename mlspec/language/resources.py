"""`resources` and `retries`: what a program gets, and how often it may be tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from mlspec.language.scalars import Count, Cpu, Duration, Memory, Positive


class Resources(Record):
    """CPU, memory and GPUs of one pod. Requests and limits are the same: what you ask for is what
    you get, no more and no less."""

    cpu: Cpu | None = None
    """CPUs, in Kubernetes' units: 2, 0.5 or 500m. Default: the platform's."""
    memory: Memory | None = None
    """Memory, in Kubernetes' units: 512Mi, 4Gi. Default: the platform's."""
    gpu: Count = 0
    """Whole GPUs."""


class Retries(Record):
    """How often a failed step is tried again, and how long to wait before."""

    limit: Count
    """Attempts after the first."""
    backoff: Duration = "30s"
    """The wait before the first of them."""
    factor: Positive = 2
    """Each further wait is this many times the one before."""
    max: Duration = "10m"
    """No wait is longer."""
