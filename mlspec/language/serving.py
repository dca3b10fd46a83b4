"""`serving`: how models answer requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    from mlspec.language.resources import Resources
    from mlspec.language.scalars import (
        Duration,
        Name,
        Positive,
        PublicHost,
        PublicPath,
        Share,
        Utilisation,
    )


class Target(Record):
    """The average utilisation that autoscaling aims at, in per cent of what is requested."""

    cpu: Utilisation | None = None
    """Of the CPU."""
    memory: Utilisation | None = None
    """Of the memory."""


class Replicas(Record):
    """How many copies answer. A number alone means exactly that many."""

    min: Positive = 1
    """Never fewer."""
    max: Positive | None = None
    """Never more. Default: `min`, a fixed number."""
    target: Target = Target()
    """When to add copies. Default: at 80 % of the CPU."""


class Canary(Record):
    """A candidate gets a share of the requests."""

    strategy: Literal["canary"]
    """`canary`"""
    candidate: Name
    """The registry alias of the candidate."""
    weight: Share
    """Its share of the requests, in per cent; the rest goes to the main version."""


class Shadow(Record):
    """A candidate gets a copy of the requests, and its answers are thrown away."""

    strategy: Literal["shadow"]
    """`shadow`"""
    candidate: Name
    """The registry alias of the candidate."""


class AbTest(Record):
    """Several versions share the requests as they are told to."""

    strategy: Literal["ab"]
    """`ab`"""
    variants: Mapping[Name, Share]
    """Registry aliases and their shares in per cent; they sum to 100."""


if TYPE_CHECKING:
    Rollout: TypeAlias = Canary | Shadow | AbTest


class Expose(Record):
    """An address through which the platform's gateway lets requests in."""

    host: PublicHost
    """The host name. Services of one project may share it, each with a path of its own."""
    path: PublicPath = "/"
    """What stands before `/v2/models/…` in the address."""
    timeout: Duration = "30s"
    """How long the gateway waits for an answer."""


class Service(Record):
    """A model behind an address."""

    model: Name
    """The model, by the name of its training."""
    alias: Name = "champion"
    """The registry alias of the version that is served. mlspec.lock says which version it is."""
    runtime: Literal["seldon"] = "seldon"
    """What serves it: Seldon Core 1."""
    protocol: Literal["v2"] = "v2"
    """How requests look: the Open Inference Protocol. (Seldon's older protocols cannot serve the
    MLflow folder that a training makes without building an environment at every start.)"""
    replicas: Positive | Replicas = 1
    """How many copies answer."""
    resources: Resources | None = None
    """What each copy gets."""
    rollout: Rollout | None = None
    """How a new version takes over. Default: at once."""
    expose: Expose | None = None
    """Whether requests come in from outside, and at what address. Default: not at all."""
