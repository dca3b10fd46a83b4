"""The plan: what one environment of one project needs, in words that no target owns.

Immutable, complete and free of mutable references: every name is final and legal in Kubernetes,
every default is filled in, every image and model is concrete. A renderer needs nothing else.
Order is part of the value: steps come in topological order, everything else in the author's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

# ── storage and endpoints ─────────────────────────────────────────────────────────────────────────


class Credentials(Record):
    """Where a program finds its secret: keys of a Kubernetes Secret, or a cloud identity.

    `keys` maps a role (`access_key`, `secret_key`, `service_account_key`, `account_key`,
    `username`, `password`, `ssh_private_key`) to the key inside `secret`. With
    `workload_identity` there is no secret: the identity's ServiceAccount stands for the cloud
    identity of that name.
    """

    secret: str = ""
    keys: Mapping[str, str]
    workload_identity: str = ""


class S3Location(Record):
    """`endpoint` is `host[:port]` without a scheme; `insecure` means plain HTTP."""

    bucket: str
    key: str
    endpoint: str
    region: str = ""
    insecure: bool = False


class GcsLocation(Record):
    bucket: str
    key: str


class AzureLocation(Record):
    """`endpoint` is the account's blob URL, `https://ACCOUNT.blob.core.windows.net`."""

    endpoint: str
    container: str
    blob: str


class HdfsLocation(Record):
    addresses: tuple[str, ...]
    path: str
    user: str


class HttpLocation(Record):
    url: str


class GitLocation(Record):
    """`path` is the folder or file of the repository that is the data set."""

    repository: str
    revision: str
    path: str


if TYPE_CHECKING:
    Location: TypeAlias = (
        S3Location | GcsLocation | AzureLocation | HdfsLocation | HttpLocation | GitLocation
    )


class Fetch(Record):
    """Data that the target brings to a step before it starts, as the step's input `name`."""

    name: str
    location: Location
    credentials: Credentials | None = None


class ArtifactStore(Record):
    """The platform's artifact storage; `location.key` or `.blob` is the prefix for this project and
    environment."""

    location: S3Location | GcsLocation | AzureLocation
    credentials: Credentials | None = None


# ── the pipeline ──────────────────────────────────────────────────────────────────────────────────


class Placeholder(Record):
    """A spot in a command that a target fills: the path of an input or output, the value of a
    parameter. `metrics` is the path of the step's metrics file and has no name."""

    kind: Literal["input", "output", "param", "metrics"]
    name: str = ""


if TYPE_CHECKING:
    Word: TypeAlias = tuple[str | Placeholder, ...]
    """One word of a command: literal text and placeholders that are joined without a space."""
    StepKind: TypeAlias = Literal[
        "ingest", "check", "transform", "train", "evaluate", "gate", "register", "report"
    ]


class Input(Record):
    """A data set, model or metrics file that a step reads: output `output` of step `step`."""

    name: str
    step: str
    output: str


class Output(Record):
    """What a step writes. `value` is a small text file of one word or number.

    `publish` is a folder below the artifact store's location where the output is also to be found,
    under a name that stays; empty for outputs that only later steps of the same run read.
    """

    name: str
    kind: Literal["dataset", "model", "metrics", "value"]
    format: str = ""
    publish: str = ""


class Param(Record):
    """A parameter of a step. `pipeline_name` is unique in the pipeline: a target that lets people
    override parameters when they start a run uses it (`wine-grader-trees`)."""

    name: str
    value: str
    pipeline_name: str


class SecretEnv(Record):
    """An environment variable that is filled from a key of a Kubernetes Secret."""

    name: str
    secret: str
    key: str


class Resources(Record):
    """Kubernetes quantities; requests and limits are the same, so a pod is of class Guaranteed."""

    cpu: str
    memory: str
    gpu: int = 0


class Retry(Record):
    """`limit` further attempts, the first after `backoff_seconds`, each wait `factor` times the
    one before, never beyond `max_seconds`."""

    limit: int
    backoff_seconds: int = 30
    factor: int = 2
    max_seconds: int = 600


class Gauge(Record):
    """A number that a step reports after success: the content of its output `output`."""

    name: str
    help: str
    output: str
    labels: Mapping[str, str]


class Step(Record):
    """One program run. `env` holds only what differs from step to step: targets add the contract's
    own variables (MLSPEC_INPUT_*, MLSPEC_OUTPUT_*, MLSPEC_PARAM_*, MLSPEC_METRICS, MLSPEC_RUN) and
    the pipeline's `env`.

    `after` names steps that must have succeeded first though nothing of theirs is read (a data
    check). `cacheable`: the same inputs, parameters, image and command give the same outputs.
    """

    name: str
    kind: StepKind
    image: str
    argv: tuple[Word, ...]
    inputs: tuple[Input, ...] = ()
    fetch: Fetch | None = None
    outputs: tuple[Output, ...] = ()
    params: tuple[Param, ...] = ()
    env: Mapping[str, str]
    secrets: tuple[SecretEnv, ...] = ()
    resources: Resources
    retry: Retry | None = None
    timeout_seconds: int = 0
    after: tuple[str, ...] = ()
    cacheable: bool = False
    gauges: tuple[Gauge, ...] = ()


class Schedule(Record):
    """`interval_seconds` is the longest gap between two firings."""

    cron: str
    timezone: str
    interval_seconds: int


class Notify(Record):
    severity: Literal["info", "warning", "critical"]
    channel: str = ""
    runbook: str = ""
    """A URL. Empty: the platform's runbook for the alert."""


class Freshness(Record):
    """Source `source` must not be older than `seconds`."""

    source: str
    seconds: int


class Pipeline(Record):
    """`concurrency`: forbid keeps a running run and skips the new one, replace stops the running
    one, allow lets both run. `identity` is what the steps run as, `executor_identity` what the
    workflow engine's own container beside each step runs as, and `helper` what that gets."""

    name: str
    steps: tuple[Step, ...]
    on_exit: Step
    env: Mapping[str, str]
    experiment: str
    identity: str
    executor_identity: str
    helper: Resources = Resources(cpu="250m", memory="512Mi")
    schedule: Schedule | None = None
    timeout_seconds: int
    concurrency: Literal["forbid", "allow", "replace"] = "forbid"
    freshness: tuple[Freshness, ...] = ()
    notify: Notify


# ── serving and monitoring ────────────────────────────────────────────────────────────────────────


class Replicas(Record):
    """`min == max` means a fixed number. Targets are average utilisation in per cent, 0: unused."""

    min: int
    max: int
    target_cpu: int = 0
    target_memory: int = 0


class Predictor(Record):
    """One model version behind a service. `traffic` is a share in per cent; a shadow gets a copy of
    the traffic, its answers are thrown away and its `traffic` is the share that is copied."""

    name: str
    role: Literal["main", "candidate", "variant", "shadow"]
    alias: str
    model_uri: str
    model_version: str = ""
    traffic: int
    shadow: bool = False
    replicas: Replicas


class LatencyObjective(Record):
    """`percentile` per cent (text of a decimal, "95", "99.9") of the requests are answered within
    `threshold_ms`."""

    percentile: str
    threshold_ms: int


class Slo(Record):
    """`availability` is a decimal in per cent as text ("99.5"), empty: none. Window: 30 days."""

    availability: str = ""
    latency: tuple[LatencyObjective, ...] = ()


class Exposure(Record):
    """The address of a service outside of the cluster: a host, and a path before that of the
    protocol (`/` for none)."""

    host: str
    path: str
    timeout_ms: int


class Service(Record):
    name: str
    model: str
    framework: Literal["sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "mlflow"]
    protocol: Literal["v2", "seldon", "tensorflow"]
    predictors: tuple[Predictor, ...]
    resources: Resources
    proxy: Resources = Resources(cpu="500m", memory="512Mi")
    """What the target's own proxy beside each copy gets."""
    identity: str
    model_secret: str = ""
    """The Secret with which the model is downloaded, in the form its server expects."""
    expose: Exposure | None = None
    """Set only where the platform has a Gateway."""
    slo: Slo | None = None
    notify: Notify


# ── identities, access, network ───────────────────────────────────────────────────────────────────


class Use(Record):
    """Something an identity does with the cluster's API. `names` are the objects it does it to;
    empty where they cannot be known before they exist."""

    action: Literal[
        "report-task-results",
        "collect-artifacts",
        "view-pipeline",
        "view-runs",
        "run-pipeline",
        "stop-runs",
        "view-services",
        "view-logs",
        "view-events",
    ]
    names: tuple[str, ...] = ()


class Subject(Record):
    kind: Literal["user", "group", "service-account"]
    name: str
    namespace: str = ""


class Identity(Record):
    """Who something runs or acts as. An identity without `uses` calls no API and gets no token.

    `workload_identities` are the cloud identities that it stands for. `subjects` are the people of
    a role; other kinds have none.
    """

    name: str
    kind: Literal["pipeline", "executor", "artifact-gc", "service", "role", "secret-store"]
    owner: str
    """The pipeline, service or role that it belongs to; the project's name for the store's."""
    uses: tuple[Use, ...] = ()
    subjects: tuple[Subject, ...] = ()
    workload_identities: tuple[str, ...] = ()


class Endpoint(Record):
    """Something on the network that pods talk to. `namespace` is set where it lives in the cluster
    (`mlflow.mlops.svc` → `mlops`); otherwise it is outside and known by `host` alone."""

    name: str
    host: str
    port: int
    namespace: str = ""


class Workload(Record):
    """A set of pods, by the component label that its target gives them."""

    name: str
    component: Literal["pipeline", "model-server"]
    reaches: tuple[Endpoint, ...] = ()
    """In a stable order, without duplicates; DNS is not listed, every workload has it."""
    calls_kubernetes_api: bool = False
    serves: bool = False
    """Whether the metrics scraper reaches it."""
    from_gateway: tuple[Literal["http", "grpc"], ...] = ()
    """How the gateway reaches it."""


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────


class Secret(Record):
    """A Kubernetes Secret that pods of the project use. `keys` are those that they read; none: they
    take whatever it holds. `settings` are keys that hold no secret, with their values. `remote` is
    where a store outside of the cluster keeps it; empty where there is no such store."""

    name: str
    keys: tuple[str, ...] = ()
    settings: Mapping[str, str]
    type: str = "Opaque"
    remote: str = ""


class NamedStore(Record):
    """A store that is there already."""

    name: str
    kind: Literal["ClusterSecretStore", "SecretStore"]


class VaultStore(Record):
    """HashiCorp Vault's key-value engine at `path`; a Kubernetes account logs in at `mount`, as
    `role`."""

    server: str
    path: str
    version: Literal["v1", "v2"]
    mount: str
    role: str


class AwsStore(Record):
    region: str
    service: Literal["SecretsManager", "ParameterStore"]


class GcpStore(Record):
    """`cluster` and `location` of GKE are empty where its metadata server knows them."""

    project: str
    cluster: str = ""
    location: str = ""


class SecretStore(Record):
    """Where secrets come from, and the account that reads them (of no use for a named store)."""

    backend: NamedStore | VaultStore | AwsStore | GcpStore
    identity: str
    refresh_seconds: int


# ── the namespace ─────────────────────────────────────────────────────────────────────────────────


class Quota(Record):
    """What all pods of the project's namespace may ask for together, as Kubernetes quantities; an
    empty or absent one is not limited. A container that asks for nothing gets `default`."""

    cpu: str = ""
    memory: str = ""
    gpu: int | None = None
    default: Resources


# ── the platform and the whole ────────────────────────────────────────────────────────────────────


class Gateway(Record):
    """A Gateway of the Gateway API; `listener` is empty for all of its listeners."""

    name: str
    namespace: str
    listener: str = ""


class PlatformFacts(Record):
    """What renderers must know of the platform."""

    artifacts: ArtifactStore
    mlflow_uri: str
    runtime_image: str
    argo_workflows_version: str
    """`major.minor`, "3.6" to "4.1"."""
    gateway_namespace: str
    gateway_labels: Mapping[str, str]
    gateway: Gateway | None = None
    monitoring_namespace: str
    monitoring_labels: Mapping[str, str]
    """The labels by which the Prometheus operator selects rules and monitors."""
    pull_secret: str = ""
    """The Secret with which the images of the project's pods are pulled."""
    runbook_url: str
    """`{alert}` in it stands for an alert's name."""


class Delivery(Record):
    """How Git reaches the cluster. `server` is the API server's URL as Argo CD knows it. `path` is
    this environment's folder in the repository."""

    argo_cd_namespace: str
    repository: str
    revision: str
    path: str
    server: str
    automated: bool = True


class Plan(Record):
    """Everything for one environment of one project."""

    project: str
    environment: str
    team: str
    description: str = ""
    owners: tuple[str, ...] = ()
    namespace: str
    protected: bool
    pipeline: Pipeline | None = None
    services: tuple[Service, ...] = ()
    identities: tuple[Identity, ...] = ()
    workloads: tuple[Workload, ...] = ()
    secrets: tuple[Secret, ...] = ()
    secret_store: SecretStore | None = None
    """None: the Secrets are in the namespace by other means."""
    quota: Quota | None = None
    platform: PlatformFacts
    delivery: Delivery
