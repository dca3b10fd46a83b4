"""Where data lives: locations and network endpoints."""

from __future__ import annotations

import pytest

from mlspec.plan.model import AzureLocation, Credentials, GcsLocation, S3Location
from mlspec.plan.storage import endpoint, identity_endpoints, source_endpoints, url_endpoint
from tests.specs import plan, project

ENDPOINTS = {
    "s3": ("uri: s3://cellar/a", [("s3.amazonaws.com", 443)]),
    "s3-own": ("uri: s3://cellar/a, endpoint: 'minio.minio.svc:9000'", [("minio.minio.svc", 9000)]),
    "s3-plain": ("uri: s3://cellar/a, endpoint: minio, insecure: true", [("minio", 80)]),
    "gcs": ("type: gcs, uri: gs://cellar/a", [("storage.googleapis.com", 443)]),
    "azure-blob": (
        "type: azure-blob, uri: 'https://acct.blob.core.windows.net/box/a'",
        [("acct.blob.core.windows.net", 443)],
    ),
    "hdfs": ("type: hdfs, uri: 'hdfs://node:9999/a'", [("node", 9999)]),
    "hdfs-usual": ("type: hdfs, uri: 'hdfs://node/a'", [("node", 8020)]),
    "http": ("type: http, uri: 'http://h/a.csv'", [("h", 80)]),
    "http-port": ("type: http, uri: 'https://h:8443/a.csv'", [("h", 8443)]),
    "http-query": ("type: http, uri: 'https://h?next=http://other/x'", [("h", 443)]),
    "http-address-in-the-path": ("type: http, uri: 'https://h/x://other:1/y'", [("h", 443)]),
    "http-ipv6": ("type: http, uri: 'http://[2001:db8::1]:8080/a'", [("2001:db8::1", 8080)]),
    "git": ("type: git, uri: 'https://h/r.git', path: a", [("h", 443)]),
    "git-ssh": ("type: git, uri: 'git@h:acme/r.git', path: a", [("h", 22)]),
    "git-ssh-url": ("type: git, uri: 'ssh://git@h:2222/r', path: a", [("h", 2222)]),
    "file": ("type: file, uri: a.csv", []),
    "postgres": (
        "type: postgres, host: h, database: d, table: t, uri: null, format: null",
        [("h", 5432)],
    ),
    "mysql": (
        "type: mysql, host: h, port: 1, database: d, table: t, uri: null, format: null",
        [("h", 1)],
    ),
    "redshift": (
        "type: redshift, host: h, database: d, table: t, uri: null, format: null",
        [("h", 5439)],
    ),
    "snowflake": (
        "type: snowflake, account: a, warehouse: w, database: d, uri: null, format: null",
        [("a.snowflakecomputing.com", 443)],
    ),
    "bigquery": (
        "type: bigquery, project: p, table: t, uri: null, format: null",
        [("bigquery.googleapis.com", 443)],
    ),
    "jdbc": ("type: jdbc, uri: 'jdbc:postgresql://h:5433/d?user=x'", [("h", 5433)]),
    "jdbc-semicolon": ("type: jdbc, uri: 'jdbc:sqlserver://h:1433;databaseName=d'", [("h", 1433)]),
    "mongodb": (
        "type: mongodb, host: h, database: d, collection: c, uri: null",
        [("h", 27017)],
    ),
    "kafka": (
        "type: kafka, brokers: ['a:9093', b], topic: t, uri: null",
        [("a", 9093), ("b", 9092)],
    ),
    "kinesis": (
        "type: kinesis, stream: s, region: eu-west-1, uri: null",
        [("kinesis.eu-west-1.amazonaws.com", 443)],
    ),
    "pubsub": (
        "type: pubsub, project: p, subscription: s, uri: null",
        [("pubsub.googleapis.com", 443)],
    ),
    "dvc": ("type: dvc, uri: 'https://h/r.git', path: a", [("h", 443)]),
    "feast": ("type: feast, server: 'http://h:6566', view: v, uri: null", [("h", 6566)]),
}


@pytest.mark.parametrize("case", ENDPOINTS)
def test_a_source_is_reached_at_its_address(case: str) -> None:
    text, expected = ENDPOINTS[case]
    source = project(f"data: {{sources: {{tastings: {{{text}}}}}}}").data.sources["tastings"]

    found = source_endpoints("tastings", source)

    assert [(e.host, e.port) for e in found] == expected
    assert all(e.name == "tastings" for e in found)


def test_every_type_of_source_is_tried_here() -> None:
    from mlspec.language.schema import json_schema

    sources = json_schema("project")["$defs"]["Data"]["properties"]["sources"]

    assert set(sources["additionalProperties"]["discriminator"]["mapping"]) <= set(ENDPOINTS)


@pytest.mark.parametrize(
    ("host", "namespace"),
    [
        ("minio.storage.svc", "storage"),
        ("minio.storage.svc.cluster.local", "storage"),
        ("minio", ""),
        ("a.b", ""),
        ("svc.example.com", ""),
        ("s3.eu-west-1.amazonaws.com", ""),
    ],
)
def test_services_of_the_cluster_are_known_by_their_name(host: str, namespace: str) -> None:
    assert endpoint("x", host, 1).namespace == namespace


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://mlflow.mlops.svc:5000", "mlflow.mlops.svc", 5000),
        ("https://mlflow.example.com/path", "mlflow.example.com", 443),
        ("http://user@h#x", "h", 80),
    ],
)
def test_a_url_is_a_host_and_a_port(url: str, host: str, port: int) -> None:
    found = url_endpoint("mlflow", url)

    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize(
    ("identity", "hosts"),
    [
        ("arn:aws:iam::123456789012:role/r", ["sts.amazonaws.com"]),
        ("r@p.iam.gserviceaccount.com", ["169.254.169.252", "169.254.169.254"]),
        ("01234567-89ab-cdef-0123-456789abcdef", ["login.microsoftonline.com"]),
    ],
)
def test_each_cloud_gives_out_its_tokens_somewhere(identity: str, hosts: list[str]) -> None:
    found = identity_endpoints(Credentials(keys={}, workload_identity=identity))

    assert [e.host for e in found] == hosts


def test_a_secret_needs_no_token() -> None:
    assert identity_endpoints(Credentials(secret="s", keys={})) == ()
    assert identity_endpoints(None) == ()


@pytest.mark.parametrize(
    ("artifacts", "location"),
    [
        pytest.param(
            "{uri: s3://bucket/pre/fix/}",
            S3Location(
                bucket="bucket",
                key="pre/fix/wine-quality/dev",
                endpoint="minio.minio.svc:9000",
                insecure=True,
            ),
            id="s3",
        ),
        pytest.param(
            "{uri: s3://bucket}",
            S3Location(
                bucket="bucket",
                key="wine-quality/dev",
                endpoint="minio.minio.svc:9000",
                insecure=True,
            ),
            id="s3-without-a-prefix",
        ),
        pytest.param(
            "{type: gcs, uri: gs://bucket/a, endpoint: null, insecure: null}",
            GcsLocation(bucket="bucket", key="a/wine-quality/dev"),
            id="gcs",
        ),
        pytest.param(
            "{type: azure-blob, uri: 'https://acct.blob.core.windows.net/box', endpoint: null,"
            " insecure: null}",
            AzureLocation(
                endpoint="https://acct.blob.core.windows.net",
                container="box",
                blob="wine-quality/dev",
            ),
            id="azure",
        ),
    ],
)
def test_each_project_and_environment_has_a_folder_of_the_store(
    artifacts: str, location: object
) -> None:
    assert plan(on=f"artifacts: {artifacts}").platform.artifacts.location == location
