"""Workloads: who talks to whom, as the data flow says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.model import Workload
from mlspec.plan.storage import source_endpoints, store_endpoints, url_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from mlspec.plan.inputs import Inputs
    from mlspec.plan.model import Endpoint, Pipeline, Service


def workloads_of(
    inputs: Inputs, pipeline: Pipeline | None, services: tuple[Service, ...]
) -> tuple[Workload, ...]:
    artifacts = store_endpoints(inputs.platform.artifacts)
    found = []
    if pipeline is not None:
        reaches = [*artifacts, url_endpoint("mlflow", inputs.platform.mlflow.uri)]
        for name, source in inputs.project.data.sources.items():
            if inputs.flow.readers(name):
                reaches += source_endpoints(name, source)
        found.append(
            Workload(
                name=pipeline.name,
                component="pipeline",
                reaches=_unique(reaches),
                calls_kubernetes_api=True,
            )
        )
    for service in services:
        found.append(
            Workload(
                name=service.name,
                component="model-server",
                reaches=_unique(artifacts),
                serves=True,
                from_gateway=_from_gateway(inputs, service),
            )
        )
    return tuple(found)


def _from_gateway(inputs: Inputs, service: Service) -> tuple[Literal["http", "grpc"], ...]:
    """Routes of ours are for HTTP and for exposed services. Without a Gateway of the platform the
    serving system makes routes by itself, to every service."""
    if inputs.platform.gateway.resource is None:
        return ("http", "grpc")
    return ("http",) if service.expose else ()


def _unique(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Each address once, under its first name."""
    by_address: dict[tuple[str, int], Endpoint] = {}
    for endpoint in endpoints:
        by_address.setdefault((endpoint.host, endpoint.port), endpoint)
    return tuple(by_address.values())
