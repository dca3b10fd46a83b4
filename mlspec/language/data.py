"""`data`: where the data comes from, what it looks like and how fresh it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from mlspec.language.resources import Resources
    from mlspec.language.scalars import (
        AzureUri,
        ColumnName,
        Command,
        Duration,
        GcsUri,
        GitUri,
        HdfsUri,
        Host,
        HostPort,
        Line,
        Name,
        Number,
        Port,
        RelativePath,
        S3Uri,
        Scalar,
        SecretKey,
        SecretName,
        Text,
        Url,
        WorkloadIdentity,
    )

    ColumnType = Literal["int", "float", "string", "bool", "date", "timestamp"]
    DataFormat = Literal["csv", "json", "jsonl", "parquet", "avro", "delta", "iceberg"]


class Column(Record):
    """What a column must look like. `alcohol: float` is short for `alcohol: {type: float}`."""

    type: ColumnType
    """The type of its values."""
    min: Number | None = None
    """The smallest value allowed."""
    max: Number | None = None
    """The largest value allowed."""
    enum: tuple[Scalar, ...] = ()
    """The only values allowed."""
    pattern: Line = ""
    """A regular expression that every value must match as a whole."""
    nullable: bool = False
    """Whether values may be missing."""
    unique: bool = False
    """Whether no value may come twice."""
    pii: bool = False
    """Whether it tells who a person is: its values are never printed."""
    description: Text = ""
    """What it means."""


class SecretKeys(Record):
    """Where in the Secret each part of the credentials is, if not under its usual key."""

    access_key: SecretKey = "AWS_ACCESS_KEY_ID"
    """S3: the access key."""
    secret_key: SecretKey = "AWS_SECRET_ACCESS_KEY"
    """S3: the secret key."""
    service_account_key: SecretKey = "service-account.json"
    """GCS, BigQuery: the service account's key file."""
    account_key: SecretKey = "account-key"
    """Azure: the storage account's key."""
    username: SecretKey = "username"
    """HTTP, Git, databases: the user."""
    password: SecretKey = "password"
    """HTTP, Git, databases: the password or token."""
    ssh_private_key: SecretKey = "ssh-private-key"
    """Git over ssh: the private key."""


class Credentials(Record):
    """How to prove who reads, always by reference. Exactly one of `secret` and
    `workload_identity`."""

    secret: SecretName = ""
    """A Kubernetes Secret in the project's namespace."""
    keys: SecretKeys = SecretKeys()
    """Keys in that Secret, where they differ from the usual ones."""
    workload_identity: WorkloadIdentity = ""
    """A cloud identity: an AWS role ARN, a Google service account, an Azure client id."""


class Freshness(Record):
    """How old the newest data may be. `24h` is short for `{within: 24h}`."""

    within: Duration
    """The greatest age."""
    column: ColumnName = ""
    """The column that tells a row's time. Default: the schema's only date or timestamp column."""


class Source(Record):
    """What all sources have in common."""

    schema: Mapping[ColumnName, ColumnType | Column] = {}
    """The columns. With it, every run checks the data before anything reads it."""
    freshness: Duration | Freshness | None = None
    """How old the newest data may be when a scheduled run reads it; an alert fires when it is
    older."""
    credentials: Credentials | None = None
    """How to prove who reads. Never a value, always a reference."""
    description: Text = ""
    """What the data is."""
    run: Command | tuple[Command, ...] = ""
    """A program of yours that fetches the data and writes `${{ outputs.NAME }}`, where NAME is
    this source. It is told this source as JSON in `MLSPEC_SOURCE`, and the parts of its Secret in
    `MLSPEC_CREDENTIAL_<PART>`. Needed for types that mlspec has no reader for."""
    resources: Resources | None = None
    """What the ingesting pod gets."""


class FileFormat(Record):
    """A source that is made of files."""

    format: DataFormat
    """How the files are written."""


class S3Source(Source, FileFormat):
    """Objects in S3 or in a store that speaks its protocol, such as MinIO."""

    type: Literal["s3"]
    """`s3`"""
    uri: S3Uri
    """`s3://bucket/key`; a key that ends in `/` means all objects below it."""
    endpoint: HostPort = "s3.amazonaws.com"
    """The store's host and port."""
    region: Line = ""
    """The region, where the store asks for it."""
    insecure: bool = False
    """Whether to speak plain HTTP (inside a cluster)."""


class GcsSource(Source, FileFormat):
    """Objects in Google Cloud Storage."""

    type: Literal["gcs"]
    """`gcs`"""
    uri: GcsUri
    """`gs://bucket/key`"""


class AzureBlobSource(Source, FileFormat):
    """Blobs in Azure."""

    type: Literal["azure-blob"]
    """`azure-blob`"""
    uri: AzureUri
    """`https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH`"""


class HdfsSource(Source, FileFormat):
    """Files in HDFS."""

    type: Literal["hdfs"]
    """`hdfs`"""
    uri: HdfsUri
    """`hdfs://namenode:8020/path`"""
    user: Line = "mlspec"
    """The user to read as."""


class HttpSource(Source, FileFormat):
    """One file from a web server."""

    type: Literal["http"]
    """`http`"""
    uri: Url
    """The file's address, without credentials."""


class GitSource(Source, FileFormat):
    """A file or folder of a Git repository."""

    type: Literal["git"]
    """`git`"""
    uri: GitUri
    """The repository."""
    revision: Line = "main"
    """A branch, tag or commit. Protected environments take the commit from mlspec.lock."""
    path: RelativePath
    """The file or folder in the repository."""


class FileSource(Source, FileFormat):
    """A file or folder of the project itself: for the environment `local` only."""

    type: Literal["file"]
    """`file`"""
    uri: RelativePath
    """The path, from the folder of project.yaml."""


class SqlSource(Source):
    """What all databases that speak SQL have in common. Exactly one of `table` and `query`."""

    table: Line = ""
    """The table to read whole."""
    query: Text = ""
    """A SELECT statement."""


class ServerSource(Record):
    """A database server."""

    host: Host
    """The server's host name."""
    port: Port | None = None
    """The server's port. Default: the usual one."""
    database: Line
    """The database."""


class PostgresSource(SqlSource, ServerSource):
    """A table or query of PostgreSQL."""

    type: Literal["postgres"]
    """`postgres`"""


class MysqlSource(SqlSource, ServerSource):
    """A table or query of MySQL or MariaDB."""

    type: Literal["mysql"]
    """`mysql`"""


class RedshiftSource(SqlSource, ServerSource):
    """A table or query of Amazon Redshift."""

    type: Literal["redshift"]
    """`redshift`"""


class SnowflakeSource(SqlSource):
    """A table or query of Snowflake."""

    type: Literal["snowflake"]
    """`snowflake`"""
    account: Line
    """The account identifier."""
    warehouse: Line
    """The warehouse that computes."""
    database: Line
    """The database."""
    database_schema: Line = "PUBLIC"
    """The schema in the database."""


class BigQuerySource(SqlSource):
    """A table or query of BigQuery."""

    type: Literal["bigquery"]
    """`bigquery`"""
    project: Line
    """The Google Cloud project."""
    dataset: Line = ""
    """The dataset of the table."""


class JdbcSource(Source, FileFormat):
    """Any database with a JDBC driver; needs `run`."""

    type: Literal["jdbc"]
    """`jdbc`"""
    uri: Line
    """The JDBC address, without credentials."""


class MongodbSource(Source, ServerSource, FileFormat):
    """A collection of MongoDB; needs `run`."""

    type: Literal["mongodb"]
    """`mongodb`"""
    collection: Line
    """The collection."""


class KafkaSource(Source, FileFormat):
    """A topic of Kafka; needs `run`."""

    type: Literal["kafka"]
    """`kafka`"""
    brokers: tuple[HostPort, ...]
    """Bootstrap brokers, host:port."""
    topic: Line
    """The topic."""


class KinesisSource(Source, FileFormat):
    """A stream of Amazon Kinesis; needs `run`."""

    type: Literal["kinesis"]
    """`kinesis`"""
    stream: Line
    """The stream."""
    region: Line
    """Its region."""


class PubsubSource(Source, FileFormat):
    """A subscription of Google Pub/Sub; needs `run`."""

    type: Literal["pubsub"]
    """`pubsub`"""
    project: Line
    """The Google Cloud project."""
    subscription: Line
    """The subscription."""


class DvcSource(Source, FileFormat):
    """Data under DVC's version control; needs `run`."""

    type: Literal["dvc"]
    """`dvc`"""
    uri: GitUri
    """The Git repository that tracks the data."""
    path: RelativePath
    """The tracked file or folder."""
    revision: Line = "main"
    """A branch, tag or commit."""


class FeastSource(Source, FileFormat):
    """A feature view of Feast; needs `run`."""

    type: Literal["feast"]
    """`feast`"""
    server: Url
    """The feature server."""
    view: Name
    """The feature view."""


if TYPE_CHECKING:
    from typing import TypeAlias

    SqlServer: TypeAlias = PostgresSource | MysqlSource | RedshiftSource
    AnySource: TypeAlias = (
        S3Source
        | GcsSource
        | AzureBlobSource
        | HdfsSource
        | HttpSource
        | GitSource
        | FileSource
        | PostgresSource
        | MysqlSource
        | RedshiftSource
        | SnowflakeSource
        | BigQuerySource
        | JdbcSource
        | MongodbSource
        | KafkaSource
        | KinesisSource
        | PubsubSource
        | DvcSource
        | FeastSource
    )


class Data(Record):
    """Where the data comes from."""

    sources: Mapping[Name, AnySource] = {}
    """The data sources, by name."""
