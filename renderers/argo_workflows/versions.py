"""The version of Argo Workflows that a plan is for, where its API differs between versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlspec.plan.model import Plan

BACKOFF_HAS_CAP = (3, 7)
"""https://github.com/argoproj/argo-workflows/pull/13782"""

CACHE_HAS_NO_KEY = (4, 0)
"""Argo 3 demands a key of the cache's ConfigMap and reads it nowhere; Argo 4 has no such field."""


def has(plan: Plan, since: tuple[int, int]) -> bool:
    major, minor = plan.platform.argo_workflows_version.split(".")
    return (int(major), int(minor)) >= since
