"""The language's scalars: texts and numbers with a form, by name. Read by pydantic only.

`patternErrorMessage` is what both mlspec and editors with a YAML language server say when the
pattern does not match; it completes the sentence "… is not …".
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue, StrictBool, StrictFloat, StrictInt, StrictStr


def _text(pattern: str, says: str, *examples: str) -> object:
    extra: dict[str, JsonValue] = {"patternErrorMessage": says}
    return Field(pattern=pattern, examples=list(examples) or None, json_schema_extra=extra)


Name: TypeAlias = Annotated[
    str,
    _text(
        r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$",
        "a name: lower-case letters, digits and dashes, beginning with a letter, 63 at most",
        "wine-quality",
    ),
]
SecretName: TypeAlias = Annotated[
    str,
    _text(
        r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$",
        "the name of a Kubernetes Secret: lower-case letters, digits, dashes and dots",
        "cellar-s3",
    ),
]
SecretKey: TypeAlias = Annotated[
    str,
    _text(r"^[-._a-zA-Z0-9]{1,253}$", "a key of a Secret: letters, digits, `-`, `_` and `.`"),
]
ParamName: TypeAlias = Annotated[
    str,
    _text(
        r"^[a-z][a-z0-9_]{0,62}$",
        "a parameter's name: lower-case letters, digits and `_`, beginning with a letter",
        "learning_rate",
    ),
]
EnvName: TypeAlias = Annotated[
    str,
    _text(
        r"^(?!MLSPEC_|(HOME|TMPDIR|MLFLOW_TRACKING_URI|MLFLOW_EXPERIMENT_NAME)$)[A-Z_][A-Z0-9_]{0,126}$",
        "an environment variable of yours: capitals, digits, `_`; mlspec itself sets HOME, TMPDIR, "
        "MLSPEC_*, MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_NAME",
        "OMP_NUM_THREADS",
    ),
]
MetricName: TypeAlias = Annotated[
    str,
    _text(
        r"^[a-zA-Z_][a-zA-Z0-9_.]{0,99}$",
        "a metric's name: letters, digits, `_` and `.`, beginning with a letter",
        "f1_macro",
    ),
]
ColumnName: TypeAlias = Annotated[
    str, _text(r"^[^\x00-\x1f\x7f]{1,255}$", "a column's name: one line of text", "alcohol")
]
Text: TypeAlias = Annotated[StrictStr, Field(max_length=4000)]
Line: TypeAlias = Annotated[
    str, _text(r"^[^\x00-\x1f\x7f]{1,1000}$", "one line of text, without control characters")
]
Email: TypeAlias = Annotated[
    str,
    _text(
        r"^[^\s@,;]{1,64}@[^\s@,;]{1,189}\.[^\s@,;]{1,63}$", "an e-mail address", "ana@example.com"
    ),
]
Command: TypeAlias = Annotated[StrictStr, Field(min_length=1, max_length=8000)]
"""A command line, split into words as a POSIX shell splits them, but read by no shell."""

# Words and what stands between them have no character in common, so that no text can be split in
# many ways: https://github.com/distribution/reference has the grammar.
_REPOSITORY = r"^[a-z0-9]+((:[0-9]+/|[./]|__?|-+)[a-z0-9]+)*"

ImageReference: TypeAlias = Annotated[
    str,
    _text(
        _REPOSITORY + r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$",
        "an image: `registry/repository:tag`, or with `@sha256:…`",
        "ghcr.io/acme/wine-quality:1.4.0",
    ),
]
ImageRepository: TypeAlias = Annotated[
    str,
    _text(
        _REPOSITORY + "$",
        "an image repository: `registry/repository`, without a tag",
        "ghcr.io/acme/wine-quality",
    ),
]
ImageTag: TypeAlias = Annotated[
    str, _text(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", "an image tag", "1.4.0")
]
Digest: TypeAlias = Annotated[
    str, _text(r"^sha256:[a-f0-9]{64}$", "a digest: `sha256:` and 64 hexadecimal digits")
]
RelativePath: TypeAlias = Annotated[
    str,
    _text(
        r"^(?!/)(?!.*(^|/)\.\.(/|$))[^\x00-\x1f\x7f\\]{1,500}$",
        "a path inside the project: relative, without `..`, with `/` between folders",
        "data/tastings.csv",
    ),
]
MountPath: TypeAlias = Annotated[
    str,
    _text(
        r"^(?!/)(?!.*(^|/)\.\.(/|$))[^\x00-\x1f\x7f\\]{1,500}$",
        "a place where Vault mounts something: a path without `/` before it and without `..`",
        "kv/ml",
    ),
]
StoreName: TypeAlias = Annotated[
    str,
    _text(
        r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$",
        "the name of a store of secrets: lower-case letters, digits, dashes and dots",
        "acme-vault",
    ),
]
Duration: TypeAlias = Annotated[
    str,
    _text(
        r"^(?=.*[1-9])([0-9]{1,3}d)?([0-9]{1,5}h)?([0-9]{1,7}m(?!s))?([0-9]{1,9}s)?([0-9]{1,9}ms)?(?<=[a-z])$",
        "a duration, such as 250ms, 30s, 10m, 24h, 7d or 1h30m",
        "10m",
        "30s",
        "24h",
        "7d",
        "250ms",
    ),
]
_CPU_TEXT = _text(
    r"^(?=.*[1-9])([0-9]{1,6}(\.[0-9]{1,3})?|[0-9]{1,9}m)$",
    "a CPU quantity, such as 2, 0.5 or 500m",
    "500m",
)
Cpu: TypeAlias = (
    Annotated[StrictInt, Field(ge=1, le=100000)]
    | Annotated[StrictFloat, Field(gt=0, le=100000)]
    | Annotated[str, _CPU_TEXT]
)
Memory: TypeAlias = Annotated[
    str,
    _text(
        r"^(?=.*[1-9])[0-9]{1,12}(\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|k|M|G|T)$",
        "a memory quantity with its unit, such as 512Mi or 4Gi",
        "4Gi",
        "512Mi",
    ),
]
Count: TypeAlias = Annotated[StrictInt, Field(ge=0, le=10000)]
Positive: TypeAlias = Annotated[StrictInt, Field(ge=1, le=10000)]
Port: TypeAlias = Annotated[StrictInt, Field(ge=1, le=65535)]
Share: TypeAlias = Annotated[StrictInt, Field(ge=0, le=100)]
"""A share of the traffic in per cent."""
Utilisation: TypeAlias = Annotated[StrictInt, Field(ge=1, le=100)]
WorkloadIdentity: TypeAlias = Annotated[
    str,
    _text(
        r"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+"
        r"|[^@\s]+@[a-z0-9.-]+\.gserviceaccount\.com"
        r"|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$",
        "a cloud identity: an AWS role ARN, a Google service account or an Azure client id",
        "arn:aws:iam::123456789012:role/cellar-reader",
    ),
]
Percent: TypeAlias = Annotated[
    str,
    _text(
        r"^(?=.*[1-9])[0-9]{1,2}(\.[0-9]{1,6})?%$",
        "a percentage above 0% and below 100%, with its sign, such as 99.5%",
        "99.5%",
    ),
]
Percentile: TypeAlias = Annotated[
    str, _text(r"^p[1-9][0-9]?(\.[0-9]?[1-9])?$", "a percentile, such as p95 or p99.9", "p95")
]
Number: TypeAlias = StrictInt | StrictFloat
Scalar: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr
Cron: TypeAlias = Annotated[StrictStr, Field(min_length=1, max_length=200)]
Url: TypeAlias = Annotated[
    str,
    _text(
        r"^https?://[^\s]+$",
        "a URL that begins with http:// or https://",
        "https://example.com/data.csv",
    ),
]
S3Uri: TypeAlias = Annotated[
    str,
    _text(
        r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s]*)?$",
        "an S3 address, s3://bucket/key",
        "s3://cellar/tastings.csv",
    ),
]
GcsUri: TypeAlias = Annotated[
    str,
    _text(
        r"^gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[^\s]*)?$",
        "an address gs://bucket/key",
        "gs://cellar/tastings.csv",
    ),
]
AzureUri: TypeAlias = Annotated[
    str,
    _text(
        r"^https://[a-z0-9]{3,24}\.blob\.core\.[a-z.]+/[a-z0-9$-]{3,63}(/[^\s]*)?$",
        "a blob address, https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH",
        "https://cellar.blob.core.windows.net/tastings/2024.csv",
    ),
]
HdfsUri: TypeAlias = Annotated[
    str,
    _text(
        r"^hdfs://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[^\s]*$",
        "an address hdfs://host:port/path",
        "hdfs://namenode:8020/tastings",
    ),
]
GitUri: TypeAlias = Annotated[
    str,
    _text(
        r"^(https://|ssh://|[a-z0-9._-]+@[A-Za-z0-9.-]+:)[^\s]+$",
        "a Git address (https or ssh)",
        "https://example.com/cellar/data.git",
    ),
]
Host: TypeAlias = Annotated[
    str, _text(r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$", "a host name", "db.example.com")
]
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
PublicHost: TypeAlias = Annotated[
    str,
    _text(
        rf"^(?=.{{3,253}}$)({_LABEL}\.)+(?=[a-z]){_LABEL}$",
        "a host name: lower-case letters, digits, dashes and dots, without scheme, port or `*`",
        "wine.example.com",
    ),
]
PublicPath: TypeAlias = Annotated[
    str,
    _text(
        r"^(?=.{1,200}$)/([A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)?$",
        "a path: `/`, or names of letters, digits and `-._~`, each after a `/`",
        "/wine",
    ),
]
HostPort: TypeAlias = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?$",
        "a host, with a port if need be, without a scheme",
        "minio.minio.svc:9000",
    ),
]
Subject: TypeAlias = Annotated[
    str,
    _text(
        r"^(serviceaccount:[^\s:]+:[^\s:]+|(user|group):[^\s]+)$",
        "a subject: user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME",
        "group:data-scientists",
    ),
]
NamespacePattern: TypeAlias = Annotated[
    str,
    _text(
        r"^([a-z0-9-]|\{project\}|\{environment\}|\{team\})+$",
        "a namespace: lower-case letters, digits and dashes, {project}, {environment}, {team}",
        "{project}-{environment}",
    ),
]
_FILLED_IN = r"\{project\}|\{environment\}|\{team\}"
RemotePattern: TypeAlias = Annotated[
    str,
    _text(
        rf"^(?=.*\{{secret\}})([A-Za-z0-9/_.-]|{_FILLED_IN}|\{{secret\}}){{1,300}}$",
        "a place of secrets with {secret} in it: letters, digits, `/_.-`, {project}, {environment} "
        "or {team}",
        "{project}/{environment}/{secret}",
    ),
]
RolePattern: TypeAlias = Annotated[
    str,
    _text(
        rf"^([A-Za-z0-9_.-]|{_FILLED_IN}){{1,200}}$",
        "a role: letters, digits, `_.-`, {project}, {environment}, {team}",
        "{project}-{environment}",
    ),
]
AwsRolePattern: TypeAlias = Annotated[
    str,
    _text(
        rf"^arn:aws[a-z-]*:iam::[0-9]{{12}}:role/([A-Za-z0-9_+=,.@/-]|{_FILLED_IN}){{1,200}}$",
        "an AWS role ARN, with {project}, {environment}, {team}",
        "arn:aws:iam::123456789012:role/{project}-secrets",
    ),
]
GoogleAccountPattern: TypeAlias = Annotated[
    str,
    _text(
        rf"^([a-z0-9-]|{_FILLED_IN}){{1,200}}@[a-z0-9.-]+\.gserviceaccount\.com$",
        "a Google service account, with {project}, {environment}, {team}",
        "{project}@acme.iam.gserviceaccount.com",
    ),
]
Labels: TypeAlias = dict[
    Annotated[str, _text(r"^[A-Za-z0-9][-A-Za-z0-9_./]{0,316}$", "a label's key")],
    Annotated[str, _text(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$", "a label's value")],
]
HostPattern: TypeAlias = Annotated[
    str,
    _text(
        r"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$",
        "a host name, or `*.` and the end of host names",
        "*.eu.example.com",
    ),
]
Domain: TypeAlias = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$",
        "what follows the `@` of an address, such as example.com",
        "example.com",
    ),
]
Bucket: TypeAlias = Annotated[
    str,
    _text(
        r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$",
        "the name of a bucket or storage account, without a scheme",
        "cellar-eu",
    ),
]
Expression: TypeAlias = Annotated[StrictStr, Field(min_length=1, max_length=4000)]
"""An expression in CEL, the Common Expression Language (https://cel.dev)."""
VariableName: TypeAlias = Annotated[
    str,
    _text(r"^[a-z_][a-zA-Z0-9_]{0,62}$", "a variable's name: letters, digits and `_`", "limits"),
]
ManifestKind: TypeAlias = Annotated[
    str,
    _text(
        r"^[A-Z][A-Za-z0-9]{0,62}(\.[a-z0-9][a-z0-9.-]{0,251}[a-z0-9])?$",
        "a kind of manifest: `Kind`, or `Kind.group`",
        "NetworkPolicy",
        "Role.rbac.authorization.k8s.io",
    ),
]
ApiVersion: TypeAlias = Literal["mlspec.io/v1alpha1"]
