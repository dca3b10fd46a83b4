"""What Seldon Core v1 puts behind a service: where its routes must send requests.

SeldonIO/seldon-core, operator/controllers/seldondeployment_controller.go: `createPredictorService`
makes a Service a predictor, named `<deployment>-<predictor>` (GetPredictorKey), with the ports of
the executor: `http` 8000 and `grpc` 5001. The executor answers on 8000 with its metrics and probes
too (`/prometheus`, `/ready`, `/live`; executor/api/rest/server.go, `Initialise`), which are
nobody's business outside: only the paths of the protocol are let in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.plan.names import PREDICTOR_LIMIT, SERVICE_LIMIT, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlspec.plan.model import Predictor, Service

HTTP_PORT = 8000

# executor/api/rest/server.go: all paths of a protocol are below these.
PATHS: Mapping[str, str] = {
    "v2": "/v2/models",
    "seldon": "/api/v1.0",
    "tensorflow": "/v1/models",
}


def predictor_service(service: Service, predictor: Predictor) -> str:
    deployment = shorten(service.name, SERVICE_LIMIT)
    return f"{deployment}-{shorten(predictor.name, PREDICTOR_LIMIT)}"
