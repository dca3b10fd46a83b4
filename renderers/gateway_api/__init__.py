"""Gateway API: the routes by which requests reach exposed services, one HTTPRoute a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan

__all__ = ["KINDS", "applies", "render"]

KINDS: tuple[str, ...] = ("HTTPRoute.gateway.networking.k8s.io",)


def applies(plan: Plan) -> bool:
    return plan.platform.gateway is not None and any(s.expose for s in plan.services)


def render(plan: Plan) -> Iterator[Manifest]:
    from .route import http_route

    gateway = plan.platform.gateway
    for service in plan.services if gateway else ():
        if gateway and service.expose:
            yield http_route(plan, gateway, service, service.expose)
