"""Keys without an effect: what is accepted and does nothing would be a lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.checks.replicas import bounds
from mlspec.checks.sources import cloud_of
from mlspec.language.serving import AbTest, Replicas, Service
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.source.tree import Path

_NO_SECRET = {"hdfs": "Argo reads HDFS as a user, without a password", "file": "it is a local file"}
_CLOUD = {
    "s3": "aws", "kinesis": "aws", "gcs": "google", "pubsub": "google", "bigquery": "google",
    "azure-blob": "azure",
}  # fmt: skip
"""Types whose reader takes the identity of the pod → the cloud that knows that identity."""


def check_effects(context: Context) -> Iterator[Problem]:
    yield from _credentials(context)
    yield from _gates(context)
    for name, service in context.project.serving.items():
        yield from _service(service, ("serving", name))
    for name, monitoring in context.project.monitoring.items():
        if not monitoring.slo.availability and not monitoring.slo.latency:
            yield Problem(
                "MLS102", ("monitoring", name, "slo"), "the objectives are empty", on_key=True,
                help="add `availability` or `latency`",
            )  # fmt: skip


def _credentials(context: Context) -> Iterator[Problem]:
    for name, source in context.project.data.sources.items():
        if source.credentials is None or source.run:
            continue
        path = ("data", "sources", name, "credentials")
        if source.credentials.secret and source.type in _NO_SECRET:
            why = _NO_SECRET[source.type]
            yield _no_effect((*path, "secret"), f"a secret has no effect here: {why}", "remove it")
        identity = source.credentials.workload_identity
        if identity and _CLOUD.get(source.type) != cloud_of(identity):
            yield _no_effect(
                (*path, "workload_identity"),
                f"this cloud identity has no effect on a source of type `{source.type}`",
                "name a Kubernetes Secret instead, or fetch the data with a `run` of your own",
            )


def _gates(context: Context) -> Iterator[Problem]:
    registry = context.project.registry
    for name, model in registry.models.items() if registry else ():
        for metric, gate in model.gates.items():
            if gate.better == "lower" and not gate.no_worse_than:
                yield _no_effect(
                    ("registry", "models", name, "gates", metric, "better"),
                    "`better` has no effect without `no_worse_than`",
                    "add `no_worse_than`, or write `max` instead",
                )


def _service(service: Service, path: Path) -> Iterator[Problem]:
    if isinstance(service.rollout, AbTest) and service.alias != Service._defaults["alias"]:
        yield _no_effect(
            (*path, "alias"), "`alias` has no effect beside an A/B rollout",
            "the `variants` say which versions are served: remove `alias`",
        )  # fmt: skip
    low, high = bounds(service)
    if isinstance(service.replicas, Replicas) and low == high:
        target = service.replicas.target
        if target.cpu is not None or target.memory is not None:
            yield _no_effect(
                (*path, "replicas", "target"), "`target` has no effect on a fixed number of copies",
                "add a `max` above `min`, or remove `target`",
            )  # fmt: skip


def _no_effect(path: Path, message: str, help: str) -> Problem:
    return Problem("MLS219", path, message, help=help, on_key=True)
