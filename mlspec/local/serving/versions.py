"""Which registered versions answer for a service: the plan's aliases, looked up in MLflow."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from mlspec.local import embedded
from mlspec.local.serving.errors import NothingRegistered, ServingError
from mlspec.local.tracking import URI, embedded_uri, tracking_uri
from mlspec.plan.names import registered_name
from mlspec.record import Record
from mlspec.runtime import tracking
from mlspec.runtime.environment import StepEnvironment
from mlspec.runtime.errors import StepFailure, redact
from mlspec.runtime.extras import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.local.folder import Folder
    from mlspec.plan.model import Plan, Predictor, Service


class Version(Record):
    """A model version that answers. `predictor` is the name that the plan has for its place."""

    predictor: str
    alias: str
    version: str
    model: Path
    """The MLflow model folder, on this machine."""
    traffic: int
    shadow: bool = False


class Answering(NamedTuple):
    """The versions, the main one first, and what the user must know of the choice."""

    versions: tuple[Version, ...]
    notes: tuple[str, ...]


def answering(plan: Plan, service: Service, folder: Folder, alias: str = "") -> Answering:
    """The versions behind the service's aliases. With `alias`, that one alone, whatever the rollout
    says.

    An alias without a version is left out. Where that leaves none, the newest version answers: on
    a laptop nobody promotes, and `champion` would never exist. NothingRegistered where there is no
    version at all.
    """
    name = registered_name(plan.project, plan.environment, service.model)
    with _registry(folder, name) as registry:
        newest = registry.newest()
        if newest is None:
            raise _nothing(service, name)
        if alias:
            return _one(registry, service, alias)
        places = [(p, registry.behind(p.alias)) for p in service.predictors]
        notes = [_gap(service, p) for p, found in places if found is None]
        there = [(p, found) for p, found in places if found is not None]
        if all(p.shadow for p, _ in there):
            main = service.predictors[0]
            there = [(main.replace(traffic=100), newest), *there]
            notes[:1] = [_instead(service, main, newest)]
        return Answering(tuple(_version(registry, p, v) for p, v in there), tuple(notes))


def _one(registry: _Registry, service: Service, alias: str) -> Answering:
    found = registry.behind(alias)
    if found is None:
        known = ", ".join(registry.aliases()) or "none"
        raise NothingRegistered(f"no version of {service.model} is `{alias}`; there is: {known}")
    main = service.predictors[0].replace(name=alias, alias=alias, traffic=100)
    return Answering((_version(registry, main, found),), ())


def _nothing(service: Service, name: str) -> NothingRegistered:
    where = "MLflow" if os.environ.get(URI) else "here"
    return NothingRegistered(
        f"{service.name} has no model yet: no version of {service.model} is registered {where} "
        f"(as {name}); run `mlspec run` first"
    )


def _gap(service: Service, predictor: Predictor) -> str:
    what = "gets no copy of the requests" if predictor.shadow else "gets no requests"
    return f"no version of {service.model} is `{predictor.alias}` yet: it {what}"


def _instead(service: Service, main: Predictor, newest: Any) -> str:
    aliases = ", ".join(f"`{alias}`" for alias in newest.aliases)
    return (
        f"no version of {service.model} is `{main.alias}` yet: the newest, "
        f"version {newest.version}{f' ({aliases})' if aliases else ''}, answers instead"
    )


def _version(registry: _Registry, predictor: Predictor, found: Any) -> Version:
    return Version(
        predictor=predictor.name,
        alias=predictor.alias,
        version=str(found.version),
        model=registry.folder_of(found),
        traffic=predictor.traffic,
        shadow=predictor.shadow,
    )


class _Registry:
    """One registered model of one MLflow."""

    def __init__(self, client: Any, name: str, uri: str, downloads: Path) -> None:
        self._client, self._name, self._uri = client, name, uri
        self._downloads = downloads

    def newest(self) -> Any | None:
        found = self._client.search_model_versions(f"name = {tracking.quoted(self._name)}")
        newest = max(found, key=lambda version: int(version.version), default=None)
        # A search leaves the aliases out.
        return newest and self._client.get_model_version(self._name, newest.version)

    def behind(self, alias: str) -> Any | None:
        return tracking.version_of(self._client, self._name, alias)

    def aliases(self) -> list[str]:
        return sorted(self._client.get_registered_model(self._name).aliases)

    def folder_of(self, version: Any) -> Path:
        """Where the model lies on this machine; brought here once where it does not."""
        here = _local_path(str(version.source))
        if here is not None:
            if not (here / "MLmodel").is_file():
                raise ServingError(f"{self._name} version {version.version} is gone from {here}")
            return here
        place = self._downloads / self._name / str(version.version)
        if not place.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=place.parent) as scratch:
                artifacts = need("mlflow.artifacts")
                source = {"artifact_uri": str(version.source), "tracking_uri": self._uri}
                Path(artifacts.download_artifacts(dst_path=scratch, **source)).rename(place)
        return place


def _local_path(source: str) -> Path | None:
    parts = urlsplit(source)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return Path(source) if not parts.scheme else None


@contextmanager
def _registry(folder: Folder, name: str) -> Iterator[_Registry]:
    uri = tracking_uri(folder)
    if uri == embedded_uri(folder):
        if not embedded.is_made(folder):  # MLflow would make it
            raise NothingRegistered("nothing is registered here yet; run `mlspec run` first")
        embedded.settle(folder)
    try:
        client = tracking.connect(StepEnvironment.read({URI: uri}))
        with tracking.talking():
            yield _Registry(client, name, uri, folder.root / "serving" / "models")
    except StepFailure as error:
        raise ServingError(redact(error.message)) from error
