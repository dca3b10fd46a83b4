"""Secrets: which the project's pods use and which keys of each, read off the plan's other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.language import platform as language
from mlspec.language.units import seconds
from mlspec.plan.model import (
    AwsStore,
    GcpStore,
    GcsLocation,
    Identity,
    NamedStore,
    S3Location,
    Secret,
    SecretStore,
    VaultStore,
)
from mlspec.plan.names import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.plan.inputs import Inputs
    from mlspec.plan.model import Credentials, Pipeline, PlatformFacts, Service

PULL_TYPE = "kubernetes.io/dockerconfigjson"
PULL_KEY = ".dockerconfigjson"

_AWS = "amazonaws.com"


def secrets_of(
    inputs: Inputs, facts: PlatformFacts, pipeline: Pipeline | None, services: tuple[Service, ...]
) -> tuple[Secret, ...]:
    """Each Secret once, with the keys of all its uses, in the order in which they first come."""
    uses: dict[str, list[Secret]] = {}
    for use in _uses(facts, pipeline, services):
        uses.setdefault(use.name, []).append(use)
    platforms = {
        facts.pull_secret,
        *(service.model_secret for service in services),
        facts.artifacts.credentials.secret if facts.artifacts.credentials else "",
    }
    return tuple(
        Secret(
            name=name,
            keys=tuple(dict.fromkeys(key for use in found for key in use.keys)),
            settings={key: value for use in found for key, value in use.settings.items()},
            type=next((use.type for use in reversed(found) if use.type != "Opaque"), "Opaque"),
            remote=_remote(inputs, name, is_platforms=name in platforms),
        )
        for name, found in uses.items()
    )


def _uses(
    facts: PlatformFacts, pipeline: Pipeline | None, services: tuple[Service, ...]
) -> Iterator[Secret]:
    if pipeline is not None:
        yield from _of(facts.artifacts.credentials)
        for step in (*pipeline.steps, pipeline.on_exit):
            yield from _of(step.fetch.credentials if step.fetch else None)
            for each in step.secrets:
                yield Secret(name=each.secret, keys=(each.key,), settings={})
    for service in services:
        if service.model_secret:
            yield _model_secret(facts, service.model_secret)
    if facts.pull_secret and (pipeline or services):
        yield Secret(name=facts.pull_secret, keys=(PULL_KEY,), settings={}, type=PULL_TYPE)


def _of(credentials: Credentials | None) -> Iterator[Secret]:
    if credentials and credentials.secret:
        keys = tuple(credentials.keys.values())
        yield Secret(name=credentials.secret, keys=keys, settings={})


def _model_secret(facts: PlatformFacts, name: str) -> Secret:
    """In rclone's form: a remote named as the scheme of the models' addresses, from variables of
    the environment (https://rclone.org/docs/#config-file, /s3, /googlecloudstorage). What is no
    secret of it the platform has said already. Of other stores, and of a cloud identity, the form
    is not known here, and all that the Secret holds is taken."""
    location, credentials = facts.artifacts.location, facts.artifacts.credentials
    if credentials and credentials.workload_identity:
        return Secret(name=name, settings={})
    if isinstance(location, S3Location):
        remote, scheme = "RCLONE_CONFIG_S3", "http" if location.insecure else "https"
        host = location.endpoint.partition(":")[0]
        is_aws = host == _AWS or host.endswith(f".{_AWS}")
        settings = {f"{remote}_TYPE": "s3", f"{remote}_PROVIDER": "AWS" if is_aws else "Other"}
        if location.endpoint != f"s3.{_AWS}":
            settings[f"{remote}_ENDPOINT"] = f"{scheme}://{location.endpoint}"
        if location.region:
            settings[f"{remote}_REGION"] = location.region
        keys = (f"{remote}_ACCESS_KEY_ID", f"{remote}_SECRET_ACCESS_KEY")
        return Secret(name=name, keys=keys, settings=settings)
    if isinstance(location, GcsLocation):
        remote = "RCLONE_CONFIG_GS"
        settings = {f"{remote}_TYPE": "google cloud storage", f"{remote}_ANONYMOUS": "false"}
        return Secret(name=name, keys=(f"{remote}_SERVICE_ACCOUNT_CREDENTIALS",), settings=settings)
    return Secret(name=name, settings={})


def secret_store_of(inputs: Inputs) -> SecretStore | None:
    written = inputs.platform.secrets
    if not isinstance(written, language.ExternalSecrets):
        return None
    return SecretStore(
        backend=_backend(inputs, written.backend),
        identity=join(inputs.name, "secrets"),
        refresh_seconds=seconds(written.refresh),
    )


def _backend(
    inputs: Inputs, written: language.Backend
) -> NamedStore | VaultStore | AwsStore | GcpStore:
    if isinstance(written, language.NamedStore):
        return NamedStore(name=written.name, kind=written.kind)
    if isinstance(written, language.VaultStore):
        return VaultStore(
            server=written.server,
            path=written.path,
            version=written.version,
            mount=written.mount,
            role=_filled(inputs, written.role),
        )
    if isinstance(written, language.AwsStore):
        return AwsStore(region=written.region, service=written.service)
    return GcpStore(project=written.project, cluster=written.cluster, location=written.location)


def store_identities(inputs: Inputs, store: SecretStore | None) -> tuple[Identity, ...]:
    """The account that a store of the project's own reads as."""
    written = inputs.platform.secrets
    if store is None or not isinstance(written, language.ExternalSecrets):
        return ()
    backend, cloud = written.backend, ""
    if isinstance(backend, language.NamedStore):
        return ()
    if isinstance(backend, language.AwsStore):
        cloud = _filled(inputs, backend.role)
    if isinstance(backend, language.GcpStore):
        cloud = _filled(inputs, backend.account)
    return (
        Identity(
            name=store.identity,
            kind="secret-store",
            owner=inputs.name,
            workload_identities=(cloud,) if cloud else (),
        ),
    )


def _remote(inputs: Inputs, secret: str, *, is_platforms: bool) -> str:
    written = inputs.platform.secrets
    if not isinstance(written, language.ExternalSecrets):
        return ""
    pattern = written.platform_remote if is_platforms else written.remote
    return _filled(inputs, pattern).replace("{secret}", secret)


def _filled(inputs: Inputs, pattern: str) -> str:
    metadata = inputs.project.metadata
    return (
        pattern.replace("{project}", metadata.name)
        .replace("{environment}", inputs.environment)
        .replace("{team}", metadata.team)
    )
