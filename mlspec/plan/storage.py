"""Where data lives: the language's addresses as locations and network endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.sources import cloud_of
from mlspec.language import data
from mlspec.plan.model import (
    ArtifactStore,
    AzureLocation,
    Credentials,
    Endpoint,
    GcsLocation,
    GitLocation,
    HdfsLocation,
    HttpLocation,
    S3Location,
)

if TYPE_CHECKING:
    from mlspec.language.data import AnySource
    from mlspec.language.data import Credentials as Reference
    from mlspec.language.platform import Artifacts
    from mlspec.plan.model import Location

_PORTS = {"http": 80, "https": 443, "ssh": 22, "hdfs": 8020}
_ROLES: dict[str, tuple[str, ...]] = {
    "s3": ("access_key", "secret_key"),
    "kinesis": ("access_key", "secret_key"),
    "gcs": ("service_account_key",),
    "pubsub": ("service_account_key",),
    "azure-blob": ("account_key",),
    "hdfs": (),
    "file": (),
}
"""Type of a source or store → the parts of a Secret that it takes, where they are not a user and a
password."""

_DATABASE_PORTS = {"postgres": 5432, "mysql": 3306, "redshift": 5439, "mongodb": 27017}

# Where each cloud's workload identity gets its tokens from. Google's is a server on the node:
# https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#network-policy
_IDENTITY_SERVERS: dict[str, tuple[tuple[str, int], ...]] = {
    "aws": (("sts.amazonaws.com", 443),),
    "google": (("169.254.169.252", 988), ("169.254.169.254", 80)),
    "azure": (("login.microsoftonline.com", 443),),
}


def location_of(source: AnySource, revision: str | None = None) -> Location | None:
    """Where a target's own driver finds the source; None for what is not made of files.

    `revision` is the locked commit of a Git source.
    """
    if isinstance(source, data.S3Source):
        bucket, key = _bucket_and_key(source.uri)
        return S3Location(
            bucket=bucket,
            key=key,
            endpoint=source.endpoint,
            region=source.region,
            insecure=source.insecure,
        )
    if isinstance(source, data.GcsSource):
        bucket, key = _bucket_and_key(source.uri)
        return GcsLocation(bucket=bucket, key=key)
    if isinstance(source, data.AzureBlobSource):
        return azure_location(source.uri)
    if isinstance(source, data.HdfsSource):
        host, port, path = _parts(source.uri)
        return HdfsLocation(addresses=(f"{host}:{port}",), path=path, user=source.user)
    if isinstance(source, data.HttpSource):
        return HttpLocation(url=source.uri)
    if isinstance(source, data.GitSource):
        return GitLocation(
            repository=source.uri, revision=revision or source.revision, path=source.path
        )
    return None


def azure_location(uri: str) -> AzureLocation:
    host, _, path = _parts(uri)
    container, _, blob = path.lstrip("/").partition("/")
    return AzureLocation(endpoint=f"https://{host}", container=container, blob=blob)


def artifact_store(artifacts: Artifacts, folder: str) -> ArtifactStore:
    """The platform's storage, narrowed to `folder` below its prefix."""
    location: S3Location | GcsLocation | AzureLocation
    if artifacts.type == "azure-blob":
        azure = azure_location(artifacts.uri)
        location = azure.replace(blob=_join(azure.blob, folder))
    else:
        bucket, key = _bucket_and_key(artifacts.uri)
        if artifacts.type == "gcs":
            location = GcsLocation(bucket=bucket, key=_join(key, folder))
        else:
            location = S3Location(
                bucket=bucket,
                key=_join(key, folder),
                endpoint=artifacts.endpoint,
                region=artifacts.region,
                insecure=artifacts.insecure,
            )
    return ArtifactStore(
        location=location,
        credentials=credentials(artifacts.credentials, _ROLES[artifacts.type]),
    )


def model_folder(model: str, alias: str) -> str:
    """Where an unlocked model is kept, below the store's location."""
    return f"models/{model}/{alias}"


def roles_of(source: AnySource) -> tuple[str, ...]:
    """The parts of a Secret that reading a source takes."""
    if isinstance(source, data.GitSource):
        over_ssh = not source.uri.startswith("https://")
        return ("ssh_private_key",) if over_ssh else ("username", "password")
    return _ROLES.get(source.type, ("username", "password"))


def credentials(reference: Reference | None, roles: tuple[str, ...]) -> Credentials | None:
    """`roles`: the parts that are needed. A reference to a key that the Secret lacks would keep a
    pod from starting."""
    if reference is None:
        return None
    if reference.workload_identity:
        return Credentials(keys={}, workload_identity=reference.workload_identity)
    keys = {role: getattr(reference.keys, role) for role in roles}
    return Credentials(secret=reference.secret, keys=keys)


def source_endpoints(name: str, source: AnySource) -> tuple[Endpoint, ...]:
    """What a pod must reach to read the source."""
    found = [endpoint(name, host, port) for host, port in _addresses(source)]
    return (*found, *identity_endpoints(source.credentials))


def store_endpoints(artifacts: Artifacts) -> tuple[Endpoint, ...]:
    """What a pod must reach to read and write artifacts."""
    if artifacts.type == "s3":
        address = _host_port(artifacts.endpoint, 80 if artifacts.insecure else 443)
    elif artifacts.type == "gcs":
        address = ("storage.googleapis.com", 443)
    else:
        address = _parts(artifacts.uri)[:2]
    found = endpoint("artifacts", *address)
    return (found, *identity_endpoints(artifacts.credentials))


def url_endpoint(name: str, url: str) -> Endpoint:
    return endpoint(name, *_parts(url)[:2])


def endpoint(name: str, host: str, port: int) -> Endpoint:
    """`SERVICE.NAMESPACE.svc[.…]` is inside the cluster; all else is outside."""
    parts = host.split(".")
    namespace = parts[1] if len(parts) > 2 and parts[2] == "svc" else ""
    return Endpoint(name=name, host=host, port=port, namespace=namespace)


def identity_endpoints(found: Reference | None) -> tuple[Endpoint, ...]:
    """Where a pod with a workload identity gets its tokens."""
    if found is None or not found.workload_identity:
        return ()
    addresses = _IDENTITY_SERVERS[cloud_of(found.workload_identity)]
    return tuple(endpoint("cloud-identity", host, port) for host, port in addresses)


def _addresses(source: AnySource) -> list[tuple[str, int]]:
    if isinstance(source, data.S3Source):
        return [_host_port(source.endpoint, 80 if source.insecure else 443)]
    if isinstance(source, data.GcsSource):
        return [("storage.googleapis.com", 443)]
    if isinstance(source, data.ServerSource):
        return [(source.host, source.port or _DATABASE_PORTS[source.type])]
    if isinstance(source, data.SnowflakeSource):
        return [(f"{source.account}.snowflakecomputing.com", 443)]
    if isinstance(source, data.BigQuerySource):
        return [("bigquery.googleapis.com", 443)]
    if isinstance(source, data.KafkaSource):
        return [_host_port(broker, 9092) for broker in source.brokers]
    if isinstance(source, data.KinesisSource):
        return [(f"kinesis.{source.region}.amazonaws.com", 443)]
    if isinstance(source, data.PubsubSource):
        return [("pubsub.googleapis.com", 443)]
    if isinstance(source, data.FileSource):
        return []
    address = source.server if isinstance(source, data.FeastSource) else source.uri
    return [_parts(address)[:2]]


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def _parts(address: str) -> tuple[str, int, str]:
    """Host, port and path of a URL, or of Git's `user@host:path`."""
    scheme, found, rest = address.partition("://")
    if not found:
        host, _, path = address.rpartition("@")[2].partition(":")
        return host, _PORTS["ssh"], path
    end = next((n for n, character in enumerate(rest) if character in "/?#;"), len(rest))
    authority, path = rest[:end], rest[end:]
    host, port = _host_port(authority.rpartition("@")[2], _PORTS.get(scheme, 443))
    return host, port, path


def _host_port(text: str, default: int) -> tuple[str, int]:
    if text.startswith("["):  # an IPv6 address, whose own colons are inside the brackets
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = text.partition(":")
    return host, int(port) if port.isdigit() else default


def _join(*parts: str) -> str:
    return "/".join(part.strip("/") for part in parts if part.strip("/"))
