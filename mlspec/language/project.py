"""project.yaml as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.language.access import Access
from mlspec.language.data import Data
from mlspec.language.pipeline import Pipeline
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from mlspec.language.image import Image
    from mlspec.language.metadata import Metadata
    from mlspec.language.monitoring import Monitoring
    from mlspec.language.registry import Registry
    from mlspec.language.scalars import ApiVersion, ImageReference, Name
    from mlspec.language.serving import Service
    from mlspec.language.steps import Training, Transform

LOCAL = "local"
"""The environment that stands for this machine; it is never rendered to Kubernetes."""


class Project(Record):
    """What a team wants in production, from data source to alert."""

    apiVersion: ApiVersion
    """The version of the language."""
    kind: Literal["Project"]
    """`Project`"""
    metadata: Metadata
    """Who and what the project is."""
    image: ImageReference | Image | None = None
    """The container image that the project's own programs run in."""
    data: Data = Data()
    """Where the data comes from."""
    transforms: Mapping[Name, Transform] = {}
    """Programs that make data sets of data sets, by name."""
    training: Mapping[Name, Training] = {}
    """Programs that make models. A model has the name of its training."""
    pipeline: Pipeline = Pipeline()
    """When and how the steps run as a whole."""
    registry: Registry | None = None
    """Where models are registered, and what they must achieve first."""
    serving: Mapping[Name, Service] = {}
    """Services that answer requests with a model, by name."""
    monitoring: Mapping[Name, Monitoring] = {}
    """What is promised of each service, by the service's name."""
    access: Access = Access()
    """What people may do in the project's namespaces."""
    environments: Mapping[Name, Mapping[str, Any] | None] = {}
    """Where it runs. Each is a JSON merge patch over the rest of the document. `local` is this
    machine and is never rendered."""
