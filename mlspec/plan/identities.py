"""Identities: who runs or acts as what, and what each needs of the cluster's API, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.plan.model import Identity, Subject, Use
from mlspec.plan.names import join

if TYPE_CHECKING:
    from mlspec.language.access import Role
    from mlspec.plan.inputs import Inputs
    from mlspec.plan.model import Pipeline, Service


def identities_of(
    inputs: Inputs, pipeline: Pipeline | None, services: tuple[Service, ...]
) -> tuple[Identity, ...]:
    found = list(_of_pipeline(inputs, pipeline)) if pipeline else []
    store = inputs.platform.artifacts.credentials
    for service in services:
        found.append(
            Identity(
                name=service.identity,
                kind="service",
                owner=service.name,
                workload_identities=_cloud([store]),
            )
        )
    for name, role in inputs.project.access.roles.items():
        found.append(_of_role(inputs, name, role, pipeline, services))
    return tuple(found)


def _of_pipeline(inputs: Inputs, pipeline: Pipeline) -> tuple[Identity, ...]:
    used = [inputs.platform.artifacts.credentials]
    used += [
        source.credentials
        for name, source in inputs.project.data.sources.items()
        if inputs.flow.readers(name)
    ]
    return (
        Identity(
            name=pipeline.identity,
            kind="pipeline",
            owner=pipeline.name,
            workload_identities=_cloud(used),
        ),
        Identity(
            name=pipeline.executor_identity,
            kind="executor",
            owner=pipeline.name,
            uses=(Use(action="report-task-results"),),
        ),
        Identity(
            name=join(pipeline.name, "artifact-gc"),
            kind="artifact-gc",
            owner=pipeline.name,
            uses=(Use(action="collect-artifacts"),),
            workload_identities=_cloud(used[:1]),
        ),
    )


def _cloud(used: list[Any]) -> tuple[str, ...]:
    """The cloud identities among credentials, each once, in order."""
    names = [found.workload_identity for found in used if found and found.workload_identity]
    return tuple(dict.fromkeys(names))


def _of_role(
    inputs: Inputs,
    name: str,
    role: Role,
    pipeline: Pipeline | None,
    services: tuple[Service, ...],
) -> Identity:
    pipelines = (pipeline.name,) if pipeline else ()
    served = tuple(service.name for service in services)
    uses: list[Use] = []
    if "view" in role.may:
        if pipelines:
            uses += [Use(action="view-pipeline", names=pipelines), Use(action="view-runs")]
        if served:
            uses.append(Use(action="view-services", names=served))
        uses.append(Use(action="view-events"))
    if "logs" in role.may:
        uses.append(Use(action="view-logs"))
    if "run" in role.may and pipelines:
        uses.append(Use(action="run-pipeline", names=pipelines))
    if "stop" in role.may and pipelines:
        uses.append(Use(action="stop-runs"))
    return Identity(
        name=join(inputs.name, name),
        kind="role",
        owner=name,
        uses=tuple(uses),
        subjects=tuple(_subject(text) for text in role.subjects),
    )


def _subject(text: str) -> Subject:
    kind, _, name = text.partition(":")
    if kind == "serviceaccount":
        namespace, _, account = name.partition(":")
        return Subject(kind="service-account", name=account, namespace=namespace)
    return Subject(kind="user" if kind == "user" else "group", name=name)
