"""The metrics of Seldon's executor, which the rendered alerts are about.

Names, labels and buckets are those of SeldonIO/seldon-core, executor/api/metric/constants.go and
server.go; promhttp writes the method in small letters. Like the executor, it has no series before
the first request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlspec.runtime.extras import need

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "seldon_api_executor_server_requests_seconds"
LABELS = (
    "deployment_name",
    "predictor_name",
    "predictor_version",
    "service",
    "method",
    "code",
)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

_SERVICES = (
    (re.compile(r"/v2/models/[^/]+(/versions/[^/]+)?/infer"), "predictions"),
    (re.compile(r"/v2/models/[^/]+(/versions/[^/]+)?/ready"), "status"),
    (re.compile(r"/v2/models/[^/]+(/versions/[^/]+)?"), "metadata"),
)


def service_of(path: str) -> str:
    """What the executor calls a request to this path; empty for what it does not count."""
    return next((name for pattern, name in _SERVICES if pattern.fullmatch(path)), "")


class ExecutorMetrics:
    """Of one service; every predictor counts for itself, as each has an executor in the cluster."""

    def __init__(self, deployment: str, versions: Mapping[str, str]) -> None:
        """`versions`: name of each predictor → the version of its model."""
        self._prometheus = need("prometheus_client")
        self._prometheus.disable_created_metrics()
        self._registry: Any = self._prometheus.CollectorRegistry()
        self._deployment, self._versions = deployment, versions
        self._seconds: Any = self._prometheus.Histogram(
            NAME,
            "A histogram of latencies for executor server",
            LABELS,
            buckets=BUCKETS,
            registry=self._registry,
        )

    def count(self, predictor: str, service: str, method: str, code: int, seconds: float) -> None:
        version = self._versions[predictor]
        labels = (self._deployment, predictor, version, service, method.lower(), str(code))
        self._seconds.labels(*labels).observe(seconds)

    def text(self) -> bytes:
        """In the format that Prometheus reads."""
        return bytes(self._prometheus.generate_latest(self._registry))
