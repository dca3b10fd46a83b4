"""`guardrails` of platform.yaml: the platform team's rules over projects. Built-in ones by name
with parameters, own ones as expressions in CEL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    from mlspec.language.scalars import (
        Bucket,
        Count,
        Cpu,
        Domain,
        Duration,
        Expression,
        HostPattern,
        ImageRepository,
        Line,
        ManifestKind,
        Memory,
        MetricName,
        Name,
        Percent,
        Positive,
        Share,
        VariableName,
    )

    SourceType: TypeAlias = Literal[
        "s3",
        "gcs",
        "azure-blob",
        "hdfs",
        "http",
        "git",
        "file",
        "postgres",
        "mysql",
        "redshift",
        "snowflake",
        "bigquery",
        "jdbc",
        "mongodb",
        "kafka",
        "kinesis",
        "pubsub",
        "dvc",
        "feast",
    ]


class Exemptions(Record):
    """Who need not keep a guardrail, each with the reason, which people review."""

    teams: Mapping[Name, Line] = {}
    """Team → the reason."""
    projects: Mapping[Name, Line] = {}
    """Project → the reason."""


class Guardrail(Record):
    """What all guardrails have in common."""

    owner: Line = ""
    """Who answers for it: a team, a channel, an address. Every report names it. Default: the
    platform's name."""
    severity: Literal["error", "warning"] = "error"
    """Whether breaking it stops rendering. No comment in a project silences either."""
    environments: tuple[Name, ...] = ()
    """Where it holds. Default: in every environment that is rendered."""
    protected: bool = False
    """Whether it holds in protected environments only."""
    exempt: Exemptions = Exemptions()
    """Who need not keep it."""
    help: Line = ""
    """What a team should do that breaks it. Default: what mlspec says of the rule."""


class MinReplicas(Guardrail):
    """Every service has so many copies at least."""

    rule: Literal["min-replicas"]
    """`min-replicas`"""
    min: Positive
    """The fewest copies of the main version, however little there is to do."""


class MaxReplicas(Guardrail):
    """No service has more copies than so many, its candidates and shadows included."""

    rule: Literal["max-replicas"]
    """`max-replicas`"""
    max: Positive
    """The most copies that a service may have together."""


class AllowedRegistries(Guardrail):
    """Images of projects come from these registries only."""

    rule: Literal["allowed-registries"]
    """`allowed-registries`"""
    registries: tuple[ImageRepository, ...]
    """Registries, or folders of them: `ghcr.io/acme` allows `ghcr.io/acme/wine`. An image without a
    host is Docker Hub's: `docker.io/library/python`."""


class MaxResources(Guardrail):
    """No pod of a step, an ingest or a service asks for more."""

    rule: Literal["max-resources"]
    """`max-resources`"""
    cpu: Cpu | None = None
    """CPUs of one pod."""
    memory: Memory | None = None
    """Memory of one pod."""
    gpu: Count | None = None
    """GPUs of one pod."""


class MaxGpus(Guardrail):
    """A project can never hold more GPUs at a time: those of all services at their largest, and of
    the greediest step."""

    rule: Literal["max-gpus"]
    """`max-gpus`"""
    max: Count
    """The most GPUs."""


class OwnersRequired(Guardrail):
    """Every project names people to ask."""

    rule: Literal["owners-required"]
    """`owners-required`"""
    min: Positive = 1
    """How many at least."""
    domains: tuple[Domain, ...] = ()
    """What their addresses may end in after the `@`. Default: anything."""


class GatesRequired(Guardrail):
    """A model that a service serves has passed gates."""

    rule: Literal["gates-required"]
    """`gates-required`"""
    metrics: tuple[MetricName, ...] = ()
    """Metrics that must have a gate. Default: any one will do."""
    no_worse_than: Name = ""
    """A registry alias: one gate at least must compare with it."""


class SloRequired(Guardrail):
    """Every service promises something, and somebody hears when it does not hold."""

    rule: Literal["slo-required"]
    """`slo-required`"""
    availability: Percent | None = None
    """The least availability that may be promised. Default: none need be."""
    latency: bool = False
    """Whether a latency must be promised."""
    channel: bool = False
    """Whether the alerts must name a channel."""


class AllowedSources(Guardrail):
    """Data comes from sources of these types only."""

    rule: Literal["allowed-sources"]
    """`allowed-sources`"""
    types: tuple[SourceType, ...]
    """The types of sources that projects may have."""


class SchemaRequired(Guardrail):
    """Every source declares its columns, so that every run checks the data."""

    rule: Literal["schema-required"]
    """`schema-required`"""


class PiiLocation(Guardrail):
    """Columns that tell who a person is (`pii: true`) stay where they may be. A place that cannot
    be told from the spec counts as outside."""

    rule: Literal["pii-location"]
    """`pii-location`"""
    regions: tuple[Line, ...] = ()
    """Regions of AWS that are inside, where a source or the artifact storage names its region."""
    buckets: tuple[Bucket, ...] = ()
    """Buckets of AWS and Google, and storage accounts of Azure, that are inside. A store of your
    own is known by its host."""
    hosts: tuple[HostPattern, ...] = ()
    """Hosts that are inside, without ports; `*.eu.example.com` means all below it."""


class NoPiiInTraining(Guardrail):
    """No model is trained on a data set with a column that tells who a person is."""

    rule: Literal["no-pii-in-training"]
    """`no-pii-in-training`"""


class MinInterval(Guardrail):
    """No pipeline runs by itself more often."""

    rule: Literal["min-interval"]
    """`min-interval`"""
    interval: Duration
    """The shortest time between two scheduled runs."""


class RolloutRequired(Guardrail):
    """A new version of a model takes over by steps."""

    rule: Literal["rollout-required"]
    """`rollout-required`"""
    strategies: tuple[Literal["canary", "shadow", "ab"], ...] = ("canary",)
    """The strategies that will do."""
    max_weight: Share | None = None
    """The most that a canary may get of the requests, in per cent."""


class CelGuardrail(Guardrail):
    """A rule of your own: an expression in CEL, the language of Kubernetes' admission policies. It
    must be true of every object that it is about."""

    rule: Literal["cel"]
    """`cel`"""
    each: Literal["project", "source", "step", "model", "service", "plan", "manifest"]
    """What `object` is: a part of project.yaml with its defaults filled in, the plan of an
    environment, or a rendered manifest. The expression is evaluated for each."""
    expression: Expression
    """What must be true. `object` is what is judged, `project` the whole project in the
    environment, `environment` its `name`, `protected`, `namespace` and `cluster`."""
    message: Line
    """What is said where it is not."""
    variables: Mapping[VariableName, Expression] = {}
    """Names for parts of the expression, in their order: `variables.NAME`."""
    kinds: tuple[ManifestKind, ...] = ()
    """On manifests: only of these kinds, as `Kind` or `Kind.group`. Default: all."""


if TYPE_CHECKING:
    AnyGuardrail: TypeAlias = (
        MinReplicas
        | MaxReplicas
        | AllowedRegistries
        | MaxResources
        | MaxGpus
        | OwnersRequired
        | GatesRequired
        | SloRequired
        | AllowedSources
        | SchemaRequired
        | PiiLocation
        | NoPiiInTraining
        | MinInterval
        | RolloutRequired
        | CelGuardrail
    )
