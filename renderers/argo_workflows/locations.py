"""Storage as Argo's artifact drivers spell it: for what a step fetches and for the repository.

Field names: https://argo-workflows.readthedocs.io/en/latest/fields/#artifactlocation
Without credentials a driver asks the machine for its identity; it is never anonymous (`NewIAM` in
workflow/artifacts/s3/s3.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.plan.model import (
    AzureLocation,
    GcsLocation,
    GitLocation,
    HdfsLocation,
    HttpLocation,
    S3Location,
)

from .text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlspec.plan.model import ArtifactStore, Credentials, Location


def s3_bucket(
    location: S3Location, credentials: Credentials | None, **place: str
) -> dict[str, Any]:
    """`place` is where in the bucket: a `key`, or the `keyFormat` of a repository."""
    return {
        "endpoint": plain(location.endpoint),
        "bucket": plain(location.bucket),
        **place,
        **({"region": plain(location.region)} if location.region else {}),
        **({"insecure": True} if location.insecure else {}),
        **_secrets(credentials, accessKeySecret="access_key", secretKeySecret="secret_key"),
        **_sdk_credentials(credentials),
    }


def gcs_bucket(
    location: GcsLocation, credentials: Credentials | None, **place: str
) -> dict[str, Any]:
    """Without a secret the driver takes the workload's own identity; there is no switch for it."""
    return {
        "bucket": plain(location.bucket),
        **place,
        **_secrets(credentials, serviceAccountKeySecret="service_account_key"),
    }


def azure_container(
    location: AzureLocation, credentials: Credentials | None, **place: str
) -> dict[str, Any]:
    return {
        "endpoint": plain(location.endpoint),
        "container": plain(location.container),
        **place,
        **_secrets(credentials, accountKeySecret="account_key"),
        **_sdk_credentials(credentials),
    }


def _s3(location: S3Location, credentials: Credentials | None) -> dict[str, Any]:
    """A folder without its slash: with it, the empty object that the AWS console makes for a folder
    would be the data (loadS3Artifact tries the key as a file first)."""
    return s3_bucket(location, credentials, key=plain(location.key).rstrip("/"))


def _gcs(location: GcsLocation, credentials: Credentials | None) -> dict[str, Any]:
    """A folder keeps its slash: the key is a mere prefix, and `a` would also fetch `a-old`."""
    return gcs_bucket(location, credentials, key=plain(location.key))


def _azure(location: AzureLocation, credentials: Credentials | None) -> dict[str, Any]:
    """A folder keeps its slash, as with GCS."""
    return azure_container(location, credentials, blob=plain(location.blob))


def _hdfs(location: HdfsLocation, _credentials: Credentials | None) -> dict[str, Any]:
    return {
        "addresses": [plain(address) for address in location.addresses],
        "path": plain(location.path),
        "hdfsUser": plain(location.user),
    }


def _http(location: HttpLocation, credentials: Credentials | None) -> dict[str, Any]:
    basic = _secrets(credentials, usernameSecret="username", passwordSecret="password")
    return {
        "url": plain(location.url),
        **({"auth": {"basicAuth": basic}} if basic else {}),
    }


def _git(location: GitLocation, credentials: Credentials | None) -> dict[str, Any]:
    """The whole history: a shallow clone has only the tips of branches, and the driver fetches no
    more after it, so a pinned commit or an older tag would not be found (git.go). No submodules:
    they come from hosts that the plan knows nothing of."""
    return {
        "repo": plain(location.repository),
        "revision": plain(location.revision),
        **_secrets(
            credentials,
            usernameSecret="username",
            passwordSecret="password",
            sshPrivateKeySecret="ssh_private_key",
        ),
        "disableSubmodules": True,
    }


_DRIVERS: dict[type[Location], tuple[str, Callable[[Any, Credentials | None], dict[str, Any]]]] = {
    S3Location: ("s3", _s3),
    GcsLocation: ("gcs", _gcs),
    AzureLocation: ("azure", _azure),
    HdfsLocation: ("hdfs", _hdfs),
    HttpLocation: ("http", _http),
    GitLocation: ("git", _git),
}


def source(location: Location, credentials: Credentials | None) -> dict[str, Any]:
    """The driver's name and fields, as they stand in an artifact."""
    name, fields = _DRIVERS[type(location)]
    return {name: fields(location, credentials)}


def store(artifacts: ArtifactStore, folder: str) -> dict[str, Any]:
    """A folder of the artifact storage, as it stands in an artifact."""
    location = artifacts.location
    if isinstance(location, AzureLocation):
        place: Location = location.replace(blob=_below(location.blob, folder))
    else:
        place = location.replace(key=_below(location.key, folder))
    return source(place, artifacts.credentials)


def _below(prefix: str, folder: str) -> str:
    return "/".join(part for part in (prefix.strip("/"), folder) if part)


def _secrets(credentials: Credentials | None, **roles: str) -> dict[str, Any]:
    """One reference for each field whose role has a key in the secret."""
    if credentials is None or not credentials.secret:
        return {}
    return {
        field: {"name": plain(credentials.secret), "key": plain(credentials.keys[role])}
        for field, role in roles.items()
        if role in credentials.keys
    }


def _sdk_credentials(credentials: Credentials | None) -> dict[str, Any]:
    return {"useSDKCreds": True} if credentials and credentials.workload_identity else {}
