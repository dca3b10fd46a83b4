"""Argo CD: the project that fences in what may be synced, and the application that syncs it.

Both are derived from the plan's delivery and from the kinds that the other targets may emit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .waves import decorate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "decorate", "render_last"]

KINDS: tuple[str, ...] = ("AppProject.argoproj.io", "Application.argoproj.io")


def applies(plan: Plan) -> bool:
    return bool(plan.delivery.repository)


def render_last(
    plan: Plan, manifests: Iterable[Manifest], kinds: Iterable[str]
) -> Iterator[Manifest]:
    """Nothing when there is nothing to sync."""
    from .application import application
    from .project import app_project

    if list(manifests):
        yield app_project(plan, kinds)
        yield application(plan)
