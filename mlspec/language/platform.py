"""platform.yaml: where and how the organisation runs its projects. Written by the platform team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.language.resources import Resources
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.data import Credentials
    from mlspec.language.guardrails import AnyGuardrail
    from mlspec.language.scalars import (
        ApiVersion,
        AwsRolePattern,
        AzureUri,
        Count,
        Cpu,
        Duration,
        GcsUri,
        GitUri,
        GoogleAccountPattern,
        HostPort,
        ImageReference,
        Labels,
        Line,
        Memory,
        MountPath,
        Name,
        NamespacePattern,
        PublicHost,
        RelativePath,
        RemotePattern,
        RolePattern,
        S3Uri,
        SecretName,
        StoreName,
        Url,
    )


class PlatformMetadata(Record):
    """What the platform is called."""

    name: Name
    """The platform's name."""


class S3Artifacts(Record):
    """Artifact storage that speaks S3's protocol."""

    type: Literal["s3"]
    """`s3`"""
    uri: S3Uri
    """`s3://bucket/prefix`; projects get folders below it."""
    endpoint: HostPort = "s3.amazonaws.com"
    """The store's host and port."""
    region: Line = ""
    """The region, where the store asks for it."""
    insecure: bool = False
    """Whether to speak plain HTTP (inside a cluster)."""
    credentials: Credentials | None = None
    """How pipelines read and write; the Secret is in each project's namespace."""
    model_secret: SecretName = ""
    """The Secret with which servers download models, in rclone's form, in each namespace."""


class GcsArtifacts(Record):
    """Artifact storage in Google Cloud Storage."""

    type: Literal["gcs"]
    """`gcs`"""
    uri: GcsUri
    """`gs://bucket/prefix`; projects get folders below it."""
    credentials: Credentials | None = None
    """How pipelines read and write; the Secret is in each project's namespace."""
    model_secret: SecretName = ""
    """The Secret with which servers download models, in rclone's form, in each namespace."""


class AzureArtifacts(Record):
    """Artifact storage in Azure blobs."""

    type: Literal["azure-blob"]
    """`azure-blob`"""
    uri: AzureUri
    """`https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX`; projects get folders below it."""
    credentials: Credentials | None = None
    """How pipelines read and write; the Secret is in each project's namespace."""
    model_secret: SecretName = ""
    """The Secret with which servers download models, in rclone's form, in each namespace."""


if TYPE_CHECKING:
    from typing import TypeAlias

    Artifacts: TypeAlias = S3Artifacts | GcsArtifacts | AzureArtifacts


class Mlflow(Record):
    """The MLflow server."""

    uri: Url
    """Its address as pods see it. `….NAMESPACE.svc` is taken to be inside the cluster."""
    artifacts: Line = ""
    """Where it keeps what it calls `mlflow-artifacts:/…`: the address that it was started with as
    `--artifacts-destination`, such as `s3://mlflow/artifacts`. Servers download models from there,
    not through MLflow. Not needed where MLflow hands out the storage's own addresses."""


class Runtime(Record):
    """The image of the programs that mlspec adds to pipelines."""

    image: ImageReference
    """The image of `mlspec.runtime`."""


class ArgoWorkflows(Record):
    """Argo Workflows, which runs the pipelines."""

    version: Literal["3.6", "3.7", "4.0", "4.1"] = "3.7"
    """Its version: some fields differ."""


class ArgoCd(Record):
    """Argo CD, which brings what Git holds into the clusters."""

    repository: GitUri
    """The Git repository that holds the generated manifests, as Argo CD knows it."""
    revision: Line = "main"
    """The branch it follows."""
    path: RelativePath = "generated"
    """The folder of the generated manifests in that repository."""
    namespace: Name = "argocd"
    """Where Argo CD lives."""


class GatewayResource(Record):
    """A Gateway of the Gateway API. Its listener must allow routes of the projects' namespaces."""

    name: Name
    """The Gateway's name."""
    namespace: Name = ""
    """Where it is. Default: where the gateway's pods live."""
    listener: Name = ""
    """The listener that routes attach to. Default: all that allow it."""


class Gateway(Record):
    """The ingress gateway, through which requests reach services."""

    namespace: Name = "istio-system"
    """Where its pods live."""
    labels: Labels = {"istio": "ingressgateway"}
    """Labels of its pods. Those that Istio makes for a Gateway bear
    `gateway.networking.k8s.io/gateway-name`."""
    resource: GatewayResource | None = None
    """The Gateway through which projects may `expose` services, which then are all that it reaches.
    Default: none, and all services are reached by the routes that Seldon makes by itself."""
    domains: tuple[PublicHost, ...] = ()
    """Hosts that services are exposed at must be among these, or below one. Default: any."""


class NamedStore(Record):
    """A store of the platform's own, which is there already."""

    type: Literal["store"]
    """`store`"""
    name: StoreName
    """Its name."""
    kind: Literal["ClusterSecretStore", "SecretStore"] = "ClusterSecretStore"
    """Of the cluster, or in each project's namespace."""


class VaultStore(Record):
    """HashiCorp Vault: a SecretStore in each project's namespace, which logs in as Kubernetes."""

    type: Literal["vault"]
    """`vault`"""
    server: Url
    """Vault's address."""
    path: MountPath = "secret"
    """Where the secrets engine (KV) is mounted."""
    version: Literal["v1", "v2"] = "v2"
    """The engine's version."""
    mount: MountPath = "kubernetes"
    """Where the Kubernetes login is mounted."""
    role: RolePattern = "{project}-{environment}"
    """The role to log in as. It is bound to the account `PROJECT-secrets` of the namespace."""


class AwsStore(Record):
    """AWS: a SecretStore in each project's namespace."""

    type: Literal["aws"]
    """`aws`"""
    region: Line
    """The region."""
    service: Literal["SecretsManager", "ParameterStore"] = "SecretsManager"
    """Which service keeps the secrets."""
    role: AwsRolePattern
    """The IAM role that the account `PROJECT-secrets` of the namespace stands for (IRSA)."""


class GcpStore(Record):
    """Google Secret Manager: a SecretStore in each project's namespace."""

    type: Literal["gcp"]
    """`gcp`"""
    project: Line
    """The Google project that keeps the secrets."""
    account: GoogleAccountPattern
    """The Google service account that the account `PROJECT-secrets` of the namespace stands for."""
    cluster: Name = ""
    """The GKE cluster's name. Default: what its metadata server says."""
    location: Line = ""
    """Where that cluster is."""


if TYPE_CHECKING:
    Backend: TypeAlias = NamedStore | VaultStore | AwsStore | GcpStore


class KubernetesSecrets(Record):
    """Secrets are put into each project's namespace by other means."""

    type: Literal["kubernetes"]
    """`kubernetes`"""


class ExternalSecrets(Record):
    """The External Secrets Operator brings in the secrets that a project's pods use, and of each
    just the keys that they use."""

    type: Literal["external-secrets"]
    """`external-secrets`"""
    backend: Backend
    """Where they come from."""
    remote: RemotePattern = "{project}-{environment}-{secret}"
    """Where the Secret `{secret}` of a project lies there. Its keys are the properties."""
    platform_remote: RemotePattern = "platform-{environment}-{secret}"
    """Where the platform's own lie: those of the artifacts and of the registry."""
    refresh: Duration = "1h"
    """How often they are read again."""


if TYPE_CHECKING:
    Secrets: TypeAlias = KubernetesSecrets | ExternalSecrets


class ImageRegistry(Record):
    """The registry of the projects' images."""

    pull_secret: SecretName = ""
    """The Secret with which images are pulled (`kubernetes.io/dockerconfigjson`), in each
    project's namespace. From a store it comes as the property `dockerconfigjson`."""


class PlatformMonitoring(Record):
    """Prometheus and its operator."""

    namespace: Name = "monitoring"
    """Where Prometheus lives."""
    labels: Labels = {}
    """The labels by which the operator selects rules and monitors."""
    runbooks: Url = "https://github.com/mlspec/mlspec/blob/main/docs/runbooks/{alert}.md"
    """Where the runbooks are; `{alert}` stands for the alert's name."""


class Quota(Record):
    """What all pods of one project in the environment may ask for together. The cluster holds it
    too (a ResourceQuota), where the project has its namespace for itself: `{project}` is in it."""

    cpu: Cpu | None = None
    """CPUs."""
    memory: Memory | None = None
    """Memory."""
    gpu: Count | None = None
    """GPUs."""


class PlatformEnvironment(Record):
    """One environment of the organisation."""

    cluster: Url = "https://kubernetes.default.svc"
    """The API server, as Argo CD knows it."""
    namespace: NamespacePattern = "{project}-{environment}"
    """The namespace of a project. `{project}`, `{environment}` and `{team}` are filled in."""
    protected: bool = False
    """Whether everything must be locked: every image a digest, every model a version."""
    quota: Quota | None = None
    """What all pods of one project may ask for together."""


class Defaults(Record):
    """What a project gets where it asks for nothing."""

    resources: Resources = Resources(cpu="500m", memory="1Gi")
    """For a step or a service of the project."""


class Renderers(Record):
    """Targets beyond the built-in ones. They run as code: name only what you trust."""

    folders: tuple[RelativePath, ...] = ()
    """Folders of renderer packages, from the folder of platform.yaml."""
    packages: tuple[Line, ...] = ()
    """Installed renderers, by their name in the entry point group `mlspec.renderers`."""


class Platform(Record):
    """Where and how the organisation runs its projects."""

    apiVersion: ApiVersion
    """The version of the language."""
    kind: Literal["Platform"]
    """`Platform`"""
    metadata: PlatformMetadata
    """What the platform is called."""
    artifacts: Artifacts
    """Where pipelines keep what they pass on, and models."""
    mlflow: Mlflow
    """The MLflow server."""
    runtime: Runtime
    """The image of the programs that mlspec adds to pipelines."""
    argo_workflows: ArgoWorkflows = ArgoWorkflows()
    """Argo Workflows."""
    argo_cd: ArgoCd
    """Argo CD."""
    gateway: Gateway = Gateway()
    """The ingress gateway."""
    monitoring: PlatformMonitoring = PlatformMonitoring()
    """Prometheus."""
    secrets: Secrets = KubernetesSecrets(type="kubernetes")
    """How secrets get into the namespaces of projects."""
    registry: ImageRegistry = ImageRegistry()
    """The registry of the projects' images."""
    environments: Mapping[Name, PlatformEnvironment]
    """The environments that projects may name."""
    defaults: Defaults = Defaults()
    """What a project gets where it asks for nothing."""
    guardrails: Mapping[Name, AnyGuardrail] = {}
    """The rules that projects keep, by name. docs/guardrails.md has examples to paste."""
    renderers: Renderers = Renderers()
    """Targets beyond the built-in ones."""
