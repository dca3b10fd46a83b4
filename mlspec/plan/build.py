"""A checked spec → the Plan. Relies on the checks having found nothing: it reports no errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.names import namespace_of
from mlspec.plan.identities import identities_of
from mlspec.plan.model import Delivery, Gateway, Plan, PlatformFacts
from mlspec.plan.network import workloads_of
from mlspec.plan.pipeline import pipeline_of
from mlspec.plan.quota import quota_of
from mlspec.plan.secrets import secret_store_of, secrets_of, store_identities
from mlspec.plan.services import services_of
from mlspec.plan.storage import artifact_store

if TYPE_CHECKING:
    from mlspec.language.platform import Gateway as WrittenGateway
    from mlspec.plan.inputs import Inputs


def build_plan(inputs: Inputs) -> Plan:
    """The plan of one project in one environment of the platform."""
    metadata = inputs.project.metadata
    place = inputs.platform.environments[inputs.environment]
    pipeline, services = pipeline_of(inputs), services_of(inputs)
    store = secret_store_of(inputs)
    facts = _facts(inputs)
    return Plan(
        project=metadata.name,
        environment=inputs.environment,
        team=metadata.team,
        description=metadata.description,
        owners=metadata.owners,
        namespace=namespace_of(place, inputs.project, inputs.environment),
        protected=place.protected,
        pipeline=pipeline,
        services=services,
        identities=(*identities_of(inputs, pipeline, services), *store_identities(inputs, store)),
        workloads=workloads_of(inputs, pipeline, services),
        secrets=secrets_of(inputs, facts, pipeline, services),
        secret_store=store,
        quota=quota_of(inputs, place),
        platform=facts,
        delivery=_delivery(inputs, place.cluster),
    )


def _facts(inputs: Inputs) -> PlatformFacts:
    platform = inputs.platform
    return PlatformFacts(
        artifacts=artifact_store(platform.artifacts, inputs.folder),
        mlflow_uri=platform.mlflow.uri,
        runtime_image=inputs.locked_image(platform.runtime.image),
        argo_workflows_version=platform.argo_workflows.version,
        gateway_namespace=platform.gateway.namespace,
        gateway_labels=dict(platform.gateway.labels),
        gateway=_gateway(platform.gateway),
        monitoring_namespace=platform.monitoring.namespace,
        monitoring_labels=dict(platform.monitoring.labels),
        pull_secret=platform.registry.pull_secret,
        runbook_url=platform.monitoring.runbooks,
    )


def _gateway(written: WrittenGateway) -> Gateway | None:
    found = written.resource
    if found is None:
        return None
    namespace = found.namespace or written.namespace
    return Gateway(name=found.name, namespace=namespace, listener=found.listener)


def _delivery(inputs: Inputs, server: str) -> Delivery:
    argo_cd = inputs.platform.argo_cd
    return Delivery(
        argo_cd_namespace=argo_cd.namespace,
        repository=argo_cd.repository,
        revision=argo_cd.revision,
        path=f"{argo_cd.path.rstrip('/')}/{inputs.folder}",
        server=server,
    )
