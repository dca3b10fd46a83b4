"""Services: which model versions answer, in what shares, with what behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.limits import PROXY
from mlspec.checks.replicas import DEFAULT_TARGET_CPU, Behind, behind
from mlspec.language.serving import Replicas as Written
from mlspec.language.units import milliseconds, percent
from mlspec.plan.inputs import notify_of
from mlspec.plan.model import Exposure, LatencyObjective, Predictor, Replicas, Service, Slo
from mlspec.plan.names import PREDICTOR_LIMIT, SERVICE_LIMIT, shorten
from mlspec.plan.storage import azure_location, model_folder

if TYPE_CHECKING:
    from mlspec.language.serving import Expose
    from mlspec.language.serving import Service as WrittenService
    from mlspec.plan.inputs import Inputs


def services_of(inputs: Inputs) -> tuple[Service, ...]:
    return tuple(_service(inputs, name, spec) for name, spec in inputs.project.serving.items())


def _service(inputs: Inputs, name: str, spec: WrittenService) -> Service:
    monitoring = inputs.project.monitoring.get(name)
    return Service(
        name=shorten(name, SERVICE_LIMIT),
        model=spec.model,
        framework=inputs.project.training[spec.model].framework,
        protocol=spec.protocol,
        predictors=tuple(_predictor(inputs, spec, version) for version in behind(spec)),
        resources=inputs.resources(spec.resources),
        proxy=inputs.resources(PROXY),
        identity=shorten(name, SERVICE_LIMIT),
        model_secret=inputs.platform.artifacts.model_secret,
        expose=_exposure(spec.expose) if inputs.platform.gateway.resource else None,
        slo=_slo(inputs, name),
        notify=notify_of(monitoring.notify if monitoring else None),
    )


def _exposure(written: Expose | None) -> Exposure | None:
    if written is None:
        return None
    timeout = milliseconds(written.timeout)
    return Exposure(host=written.host, path=written.path, timeout_ms=timeout)


def _predictor(inputs: Inputs, spec: WrittenService, version: Behind) -> Predictor:
    locked = inputs.locked.models.get(spec.model, {}).get(version.alias)
    return Predictor(
        name=shorten(version.alias, PREDICTOR_LIMIT),
        role=version.role,
        alias=version.alias,
        model_uri=locked.uri if locked else convention_uri(inputs, spec.model, version.alias),
        model_version=locked.version if locked else "",
        traffic=version.share,
        shadow=version.role == "shadow",
        replicas=_replicas(spec, version),
    )


def convention_uri(inputs: Inputs, model: str, alias: str) -> str:
    """Where an unlocked model is looked for: ARTIFACTS/PROJECT/ENVIRONMENT/models/MODEL/ALIAS.

    Only in environments that are not protected; the register step puts it there. The address is one
    that rclone reads, with which servers download: the scheme is the name of its remote.
    """
    artifacts = inputs.platform.artifacts
    base = artifacts.uri
    if artifacts.type == "azure-blob":
        azure = azure_location(base)
        base = f"azureblob://{azure.container}/{azure.blob}"
    return f"{base.rstrip('/')}/{inputs.folder}/{model_folder(model, alias)}"


def _replicas(spec: WrittenService, version: Behind) -> Replicas:
    if version.min == version.max:
        return Replicas(min=version.min, max=version.max)
    written = spec.replicas if isinstance(spec.replicas, Written) else Written()
    cpu, memory = written.target.cpu, written.target.memory
    if cpu is None and memory is None:
        cpu = DEFAULT_TARGET_CPU
    return Replicas(
        min=version.min, max=version.max, target_cpu=cpu or 0, target_memory=memory or 0
    )


def _slo(inputs: Inputs, name: str) -> Slo | None:
    monitoring = inputs.project.monitoring.get(name)
    if monitoring is None:
        return None
    written = monitoring.slo
    return Slo(
        availability=percent(written.availability) if written.availability else "",
        latency=tuple(
            LatencyObjective(percentile=which.removeprefix("p"), threshold_ms=milliseconds(limit))
            for which, limit in written.latency.items()
        ),
    )
