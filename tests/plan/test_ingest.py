"""Ingest steps bring each source that is read into the run."""

from __future__ import annotations

import json

import pytest

from mlspec.plan.model import (
    AzureLocation,
    Credentials,
    Freshness,
    GcsLocation,
    GitLocation,
    HdfsLocation,
    HttpLocation,
    S3Location,
    SecretEnv,
)
from mlspec.record import Record
from tests.specs import command, pipeline, steps

COMMIT = "0123456789abcdef" * 2 + "01234567"
GIT = "type: git, uri: 'https://h/r.git', path: data"


def options(words: list[str]) -> dict[str, str]:
    """The options of a command of mlspec's own: `python -m mlspec.runtime VERB --name value …`."""
    assert words[:3] == ["python", "-m", "mlspec.runtime"]
    return dict(zip(words[4::2], words[5::2], strict=True))


def tastings(text: str) -> str:
    return f"data: {{sources: {{tastings: {{{text}}}}}}}"


@pytest.mark.parametrize(
    ("text", "location"),
    [
        pytest.param(
            "uri: s3://cellar/a/b, endpoint: 'minio:9000', insecure: true, region: eu",
            S3Location(
                bucket="cellar", key="a/b", endpoint="minio:9000", region="eu", insecure=True
            ),
            id="s3",
        ),
        pytest.param(
            "uri: s3://cellar",
            S3Location(bucket="cellar", key="", endpoint="s3.amazonaws.com"),
            id="s3-bucket",
        ),
        pytest.param(
            "type: gcs, uri: gs://cellar/a/", GcsLocation(bucket="cellar", key="a/"), id="gcs"
        ),
        pytest.param(
            "type: azure-blob, uri: 'https://acct.blob.core.windows.net/box/a/b'",
            AzureLocation(
                endpoint="https://acct.blob.core.windows.net", container="box", blob="a/b"
            ),
            id="azure",
        ),
        pytest.param(
            "type: hdfs, uri: 'hdfs://node/a'",
            HdfsLocation(addresses=("node:8020",), path="/a", user="mlspec"),
            id="hdfs",
        ),
        pytest.param(
            "type: http, uri: 'https://h/a.csv?x=1'",
            HttpLocation(url="https://h/a.csv?x=1"),
            id="http",
        ),
        pytest.param(
            GIT, GitLocation(repository="https://h/r.git", revision="main", path="data"), id="git"
        ),
    ],
)
def test_files_are_fetched_by_the_target_and_taken_in_by_mlspec(
    text: str, location: Record
) -> None:
    found = steps(tastings(text))["ingest-tastings"]

    assert found.fetch is not None
    assert (found.fetch.name, found.fetch.location) == ("tastings", location)
    assert found.image == "ghcr.io/mlspec/runtime:0.1.0"
    given = options(command(found))
    assert given["--from"].startswith("<input tastings>")
    assert given["--to"] == "<output tastings>"


def test_the_lock_says_which_commit_is_read() -> None:
    lock = f"data: {{tastings: {{revision: '{COMMIT}'}}}}"

    found = steps(tastings(GIT), lock=lock)["ingest-tastings"].fetch

    assert found is not None
    assert isinstance(found.location, GitLocation)
    assert found.location.revision == COMMIT


def test_credentials_name_the_keys_of_a_secret() -> None:
    text = "credentials: {secret: cellar, keys: {access_key: id}}"

    found = steps(tastings(text))["ingest-tastings"].fetch

    assert found is not None and found.credentials is not None
    assert found.credentials.secret == "cellar"
    assert found.credentials.keys["access_key"] == "id"
    assert found.credentials.keys["secret_key"] == "AWS_SECRET_ACCESS_KEY"


def test_a_cloud_identity_has_no_secret() -> None:
    role = "arn:aws:iam::123456789012:role/reader"

    found = steps(tastings(f"credentials: {{workload_identity: '{role}'}}"))

    fetch = found["ingest-tastings"].fetch
    assert fetch is not None
    assert fetch.credentials == Credentials(keys={}, workload_identity=role)


SQL = "uri: null, format: null, credentials: {secret: db, keys: {username: user}}"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param(
            "type: postgres, host: h, port: 5433, database: d, table: t",
            {"dialect": "postgres", "host": "h", "port": 5433, "database": "d", "table": "t"},
            id="postgres",
        ),
        pytest.param(
            "type: mysql, host: h, database: d, query: SELECT 'é'",
            {"dialect": "mysql", "host": "h", "database": "d", "query": "SELECT 'é'"},
            id="mysql",
        ),
        pytest.param(
            "type: redshift, host: h, database: d, table: t",
            {"dialect": "redshift", "host": "h", "database": "d", "table": "t"},
            id="redshift",
        ),
        pytest.param(
            "type: snowflake, account: a, warehouse: w, database: d, table: t",
            {
                "dialect": "snowflake",
                "database": "d",
                "table": "t",
                "account": "a",
                "warehouse": "w",
                "schema": "PUBLIC",
            },
            id="snowflake",
        ),
    ],
)
def test_a_database_is_asked_by_mlspec(text: str, asked: dict[str, object]) -> None:
    found = steps(tastings(f"{text}, {SQL}"))["ingest-tastings"]

    given = options(command(found))
    assert json.loads(given["--sql"]) == asked
    assert given["--to"] == "<output tastings>"
    assert found.fetch is None
    assert found.secrets == (
        SecretEnv(name="MLSPEC_SQL_USERNAME", secret="db", key="user"),
        SecretEnv(name="MLSPEC_SQL_PASSWORD", secret="db", key="password"),
    )
    assert found.outputs[0].format == "parquet"


def test_bigquery_is_asked_by_project_and_dataset() -> None:
    text = "type: bigquery, project: p, dataset: ds, table: t, uri: null, format: null"

    found = steps(tastings(text))["ingest-tastings"]

    assert json.loads(options(command(found))["--sql"]) == {
        "dialect": "bigquery",
        "table": "t",
        "project": "p",
        "schema": "ds",
    }
    assert found.secrets == ()


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        pytest.param("", ["ACCESS_KEY", "SECRET_KEY"], id="s3"),
        pytest.param(
            "type: kafka, brokers: ['h:9'], topic: t, uri: null",
            ["USERNAME", "PASSWORD"],
            id="kafka",
        ),
        pytest.param(
            "type: pubsub, project: p, subscription: s, uri: null",
            ["SERVICE_ACCOUNT_KEY"],
            id="gcp",
        ),
    ],
)
def test_a_program_of_yours_runs_in_your_image_with_your_secret(
    text: str, variables: list[str]
) -> None:
    given = "run: 'python fetch.py ${{ outputs.tastings }}', credentials: {secret: s}"

    found = steps(tastings(f"{given}, {text}" if text else given))["ingest-tastings"]

    assert found.image == "ghcr.io/acme/wine:1.4.0"
    assert command(found) == ["python", "fetch.py", "<output tastings>"]
    assert [s.name for s in found.secrets] == [f"MLSPEC_CREDENTIAL_{v}" for v in variables]
    assert found.fetch is None


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("schema: {a: int, at: date}, freshness: 24h", "at"),
        ("schema: {a: date, b: date}, freshness: {within: 24h, column: b}", "b"),
    ],
)
def test_freshness_is_measured_and_reported(text: str, column: str) -> None:
    found = pipeline(tastings(text))
    ingest = found.steps[0]

    assert found.freshness == (Freshness(source="tastings", seconds=86400),)
    given = options(command(ingest))
    assert given["--timestamp"] == "<output timestamp>"
    assert (given["--timestamp-column"], given["--format"]) == (column, "csv")
    assert [o.name for o in ingest.outputs if o.kind == "dataset"] == ["tastings"]
    assert "timestamp" in [o.name for o in ingest.outputs if o.kind == "value"]
    [gauge] = ingest.gauges
    assert (gauge.name, gauge.output) == ("mlspec_data_timestamp_seconds", "timestamp")
    assert gauge.labels == {
        "project": "wine-quality",
        "environment": "dev",
        "source": "tastings",
    }


def test_what_nobody_reads_is_not_brought_and_not_watched() -> None:
    found = pipeline(
        """
data: {sources: {spare: {
  type: s3, uri: s3://cellar/x, format: csv, schema: {at: date}, freshness: 1d}}}
"""
    )

    assert "ingest-spare" not in [step.name for step in found.steps]
    assert found.freshness == ()


def test_a_source_gets_the_resources_that_it_asks_for() -> None:
    found = steps(tastings("resources: {cpu: 0.25, memory: 2Gi}"))["ingest-tastings"]

    assert (found.resources.cpu, found.resources.memory) == ("250m", "2Gi")


@pytest.mark.parametrize(
    ("uri", "keys"),
    [
        pytest.param("https://git.example.com/data.git", {"username", "password"}, id="https"),
        pytest.param("git@git.example.com:data.git", {"ssh_private_key"}, id="ssh"),
    ],
)
def test_only_the_parts_of_a_secret_that_are_needed_are_asked_for(uri: str, keys: set[str]) -> None:
    text = f"type: git, uri: '{uri}', path: a.csv, credentials: {{secret: s}}"

    fetch = steps(tastings(text))["ingest-tastings"].fetch

    assert fetch is not None and fetch.credentials is not None
    assert set(fetch.credentials.keys) == keys


def test_a_program_of_yours_is_told_what_the_source_says() -> None:
    text = (
        "type: kafka, uri: null, brokers: ['k:9092'], topic: wines, credentials: {secret: s}, "
        "run: 'python fetch.py ${{ outputs.tastings }}'"
    )

    told = json.loads(steps(tastings(text))["ingest-tastings"].env["MLSPEC_SOURCE"])

    assert (told["type"], told["brokers"], told["topic"]) == ("kafka", ["k:9092"], "wines")
    assert "credentials" not in told
