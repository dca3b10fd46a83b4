"""The server behind each protocol: what it is called, how it is probed, what it writes.

Every model of ours is an MLflow model folder, whatever trained it. What serves such a folder is
MLFLOW_SERVER: SKLEARN_SERVER and XGBOOST_SERVER look for files of other names, TRITON_SERVER and
TENSORFLOW_SERVER for another layout. Only the protocol decides, therefore: the operator accepts
nothing but TENSORFLOW_SERVER for `tensorflow` (seldondeployment_webhook.go, checkPredictiveUnits).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping


class Server(Record):
    """`ready` and `live` are HTTP paths, in which `{node}` stands for the name of the model.

    `env` points the server to folders that it may write. `read_only`: it does without any other.
    """

    implementation: str
    ready: str
    live: str
    start_seconds: int
    env: Mapping[str, str]
    read_only: bool = True


# mlserver/settings.py: the two folders are below the working directory by default, and the image
# sets NUMBA_CACHE_DIR to one there. mlserver/rest/app.py: the paths.
_MLSERVER = Server(
    implementation="MLFLOW_SERVER",
    ready="/v2/health/ready",
    live="/v2/health/live",
    start_seconds=600,
    env={
        "HOME": "/tmp",
        "MLSERVER_ENVIRONMENTS_DIR": "/tmp/environments",
        "MLSERVER_METRICS_DIR": "/tmp/metrics",
        "NUMBA_CACHE_DIR": "/tmp/numba",
    },
)

# servers/mlflowserver/mlflowserver/conda_env_create.py: builds the model's Conda environment into
# its own image when it starts. python/seldon_core/wrapper.py: the path.
_MLFLOWSERVER = Server(
    implementation="MLFLOW_SERVER",
    ready="/health/ping",
    live="/health/ping",
    start_seconds=1200,
    env={},
    read_only=False,
)

# https://www.tensorflow.org/tfx/serving/api_rest#model_status_api
_TENSORFLOW_SERVING = Server(
    implementation="TENSORFLOW_SERVER",
    ready="/v1/models/{node}",
    live="/v1/models/{node}",
    start_seconds=600,
    env={},
)

SERVERS: Mapping[str, Server] = {
    "v2": _MLSERVER,
    "seldon": _MLFLOWSERVER,
    "tensorflow": _TENSORFLOW_SERVING,
}
