"""What Seldon Core v1 reports of the requests to a service, as PromQL.

The metrics are those of the executor, the proxy in each pod (SeldonIO/seldon-core, v1.17, v1.18):

- executor/api/metric/constants.go: the names, the labels, and `DefBuckets`;
- executor/api/rest/server.go, `wrapMetrics`: over HTTP, `service` is `predictions` for inference
  (others: `status`, `metadata`, `feedback`) and `code` the status; probes are not counted;
- executor/api/metric/server.go, `UnaryServerInterceptor`: over gRPC, `service` is the full method
  and `code` the name of the status (`OK`, `Unavailable`).

No predictor, method or code has a series before its first request, and a request that never
reaches a pod has none at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.names import PREDICTOR_LIMIT, SERVICE_LIMIT, shorten

from .promql import indent, matcher, tall_selector

if TYPE_CHECKING:
    from typing import TypeAlias

    from mlspec.plan.model import Plan, Service

    Matchers: TypeAlias = tuple[str, ...]

COUNT = "seldon_api_executor_server_requests_seconds_count"
BUCKET = "seldon_api_executor_server_requests_seconds_bucket"

# The methods of inference.GRPCInferenceService, tensorflow.serving.PredictionService and
# seldon.protos.Seldon that answer predictions.
_PREDICTIONS = "predictions|/.+/(ModelInfer|Predict)"

# The gRPC codes are those that OpenTelemetry counts as errors of the server:
# https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
_FAILURES = "5..|Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"


_PREDICTED = matcher("service", _PREDICTIONS, "=~")
_ANSWERED = matcher("code", _FAILURES, "!~")
_FAILED = matcher("code", _FAILURES, "=~")


def requests_of(plan: Plan, service: Service) -> Matchers:
    """Matchers of the predictions that users wait for: all but those of shadow predictors.

    The executor does not report its namespace; Prometheus adds it, and no other service of that
    name may be counted.
    """
    shadows = (shorten(p.name, PREDICTOR_LIMIT) for p in service.predictors if p.shadow)
    return (
        matcher("namespace", plan.namespace),
        matcher("deployment_name", shorten(service.name, SERVICE_LIMIT)),
        _PREDICTED,
        *(matcher("predictor_name", name, "!=") for name in shadows),
    )


def answered(requests: Matchers) -> Matchers:
    return (*requests, _ANSWERED)


def failed(requests: Matchers) -> Matchers:
    return (*requests, _FAILED)


def total(function: str, matchers: Matchers, window: str, *, metric: str = COUNT) -> str:
    """`function` is `rate` or `increase`."""
    return f"sum({function}({tall_selector(metric, *matchers)}[{window}]))"


def error_ratio(requests: Matchers, window: str) -> str:
    """Zero, not nothing, while no request has failed; nothing, not NaN, without requests."""
    errors = total("rate", failed(requests), window)
    return f"(\n{indent(errors)}\n  or vector(0)\n)\n/\n({total('rate', requests, window)} > 0)"


def error_count(requests: Matchers, window: str) -> str:
    return total("increase", failed(requests), window)
