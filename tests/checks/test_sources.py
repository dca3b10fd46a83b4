"""Sources can be read where they are to be read, with credentials that make sense."""

from __future__ import annotations

import pytest

from mlspec.checks.sources import CHECKABLE, NO_READER, check_sources
from tests.specs import (
    PROJECT,
    diagnosed,
    found_at,
    merged,
    problem,
    problems,
    read_patch,
    span_text,
)

WITHOUT_READER = {
    "jdbc": "uri: 'jdbc:postgresql://h/d'",
    "mongodb": "host: h, database: d, collection: c",
    "kafka": "brokers: ['h:9092'], topic: t",
    "kinesis": "stream: s, region: eu-west-1",
    "pubsub": "project: p, subscription: s",
    "dvc": "uri: 'https://h/r.git', path: data",
    "feast": "server: 'http://h', view: v",
}
ROLE = "arn:aws:iam::123456789012:role/r"
SQL = "type: postgres, host: h, database: d, uri: null, format: null"


def tastings(text: str) -> str:
    return f"data: {{sources: {{tastings: {{{text}}}}}}}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="minimal"),
        pytest.param("credentials: {secret: s}", id="secret"),
        pytest.param(f"credentials: {{workload_identity: '{ROLE}'}}", id="identity"),
        pytest.param("schema: {at: timestamp}, freshness: 24h", id="only-time-column"),
        pytest.param(
            "schema: {a: date, b: date}, freshness: {within: 24h, column: b}", id="named-column"
        ),
        pytest.param("freshness: {within: 24h, column: b}", id="column-of-an-undeclared-schema"),
        pytest.param(f"{SQL}, table: t", id="table"),
        pytest.param(f"{SQL}, query: SELECT 1", id="query"),
        pytest.param("format: avro", id="format-that-only-you-read"),
    ],
)
def test_sources_that_can_be_read(text: str) -> None:
    assert problems(check_sources, tastings(text)) == []


def test_the_types_without_a_reader_are_all_tried_here() -> None:
    assert set(WITHOUT_READER) == set(NO_READER)


GOOGLE = """\
secrets:
  type: external-secrets
  backend: {type: gcp, project: acme, account: '{project}@acme.iam.gserviceaccount.com'}
"""


def test_a_secret_that_comes_from_google_has_no_dot_in_its_name() -> None:
    patch = tastings("credentials: {secret: db.ro}")

    found = problem(check_sources, patch, on=GOOGLE)

    assert found.path == ("data", "sources", "tastings", "credentials", "secret")
    assert (found.code, found.help) == ("MLS105", "call it `db-ro`")
    assert problems(check_sources, patch) == []
    assert problems(check_sources, patch, on=GOOGLE, environment="local") == []


@pytest.mark.parametrize("type", NO_READER)
def test_a_type_that_needs_a_program_of_yours(type: str) -> None:
    given = f"type: {type}, {WITHOUT_READER[type]}"
    given += "" if "uri" in given else ", uri: null"
    patch = tastings(given)

    found = diagnosed(check_sources, patch)

    assert (found.code, found.message) == (
        "MLS211",
        f"mlspec has no reader for `{type}` of its own",
    )
    assert found.help.endswith("writes ${{ outputs.tastings }}")
    assert found_at(found, merged(PROJECT, patch)) == type
    assert problems(check_sources, tastings(f"{given}, run: python fetch.py")) == []


def test_a_file_of_this_machine_in_a_cluster() -> None:
    patch = tastings("type: file, uri: data/tastings.csv")

    found = diagnosed(check_sources, patch)

    assert (found.code, found.message) == (
        "MLS505",
        "a pod in the cluster cannot read a file of this machine",
    )
    assert found_at(found, merged(PROJECT, patch)) == "file"
    assert problems(check_sources, patch, environment="local") == []
    assert problems(check_sources, patch, environment="") == []


def test_a_file_is_pointed_at_in_the_overlay_that_brings_it() -> None:
    patch = "environments: {dev: {data: {sources: {tastings: {type: file, uri: a.csv}}}}}"
    text = merged(PROJECT, patch)

    found = diagnosed(check_sources, patch)

    assert found.span.line > text[: text.index("environments:")].count("\n")
    assert found_at(found, text) == "file"


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("/etc/passwd", id="absolute"),
        pytest.param("../secrets.csv", id="upwards"),
        pytest.param("data/../../secrets.csv", id="upwards-from-within"),
        pytest.param("data/..", id="upwards-at-the-end"),
        pytest.param("..", id="upwards-alone"),
        pytest.param("C:\\\\data\\\\a.csv", id="windows"),
        pytest.param("..\\\\a.csv", id="windows-upwards"),
        pytest.param("data/a\\n.csv", id="newline"),
        pytest.param("data/a\\0.csv", id="nul"),
        pytest.param("", id="nothing"),
    ],
)
@pytest.mark.parametrize(
    "source", ["type: file, uri: ", "type: git, uri: 'https://h/r', path: "], ids=["file", "git"]
)
def test_a_path_that_leads_out_of_the_project(source: str, uri: str) -> None:
    patch = tastings(f'{source}"{uri}"')

    [found] = read_patch(patch)

    assert found.code == "MLS105"
    assert "a path inside the project: relative, without `..`" in found.message


@pytest.mark.parametrize("uri", ["~/a.csv", "%2e%2e/a.csv", "a..b/...c", "C:a.csv", "$HOME/a", "*"])
def test_a_path_that_only_looks_as_if_it_led_elsewhere(uri: str) -> None:
    """It is the name of a file in the project: nothing expands or decodes it."""
    assert read_patch(tastings(f"type: file, uri: '{uri}'")) == []


@pytest.mark.parametrize("uri", ["hdfs://h/a/../b", "hdfs://h/..", "hdfs://h/a:b/c"])
def test_a_path_in_hdfs_that_cannot_be_a_folder_of_a_pod(uri: str) -> None:
    patch = tastings(f"type: hdfs, uri: '{uri}'")

    found = diagnosed(check_sources, patch)

    assert (found.code, found_at(found, merged(PROJECT, patch))) == ("MLS105", uri)
    assert problems(check_sources, tastings("type: hdfs, uri: 'hdfs://h:8020/a/b..c'")) == []
    assert problems(check_sources, tastings(f"type: hdfs, uri: '{uri}', run: fetch")) == []


@pytest.mark.parametrize(
    ("credentials", "both"),
    [
        ("{}", ""),
        (f"{{secret: s, workload_identity: '{ROLE}'}}", ", not both"),
        ("{keys: {username: u}}", ""),
    ],
)
def test_credentials_are_one_of_two(credentials: str, both: str) -> None:
    patch = tastings(f"credentials: {credentials}")

    found = diagnosed(check_sources, patch)

    assert (found.code, found.message) == (
        "MLS102",
        f"credentials are either a `secret` or a `workload_identity`{both}",
    )
    assert found_at(found, merged(PROJECT, patch)) == "credentials"


def test_bigquery_takes_no_secret() -> None:
    given = "type: bigquery, project: p, table: t, uri: null, format: null"

    found = problem(check_sources, tastings(f"{given}, credentials: {{secret: s}}"))

    assert (found.code, found.message) == (
        "MLS102",
        "BigQuery is read with a `workload_identity`",
    )
    identity = "{workload_identity: r@p.iam.gserviceaccount.com}"
    assert problems(check_sources, tastings(f"{given}, credentials: {identity}")) == []


@pytest.mark.parametrize(
    ("given", "both"),
    [(SQL, ""), (f"{SQL}, table: t, query: SELECT 1", ", not both")],
    ids=["no", "both"],
)
def test_a_database_is_read_by_table_or_by_query(given: str, both: str) -> None:
    found = problem(check_sources, tastings(given))

    assert (found.code, found.path) == ("MLS102", ("data", "sources", "tastings"))
    assert found.message == f"a database source needs either `table` or `query`{both}"
    assert found.help.startswith("keep only one of them") is bool(both)


@pytest.mark.parametrize(
    ("schema", "have"), [("{a: int}", "no"), ("{a: date, b: {type: timestamp}}", "several")]
)
def test_freshness_without_a_column_that_tells_the_time(schema: str, have: str) -> None:
    patch = tastings(f"schema: {schema}, freshness: 24h")

    found = diagnosed(check_sources, patch)

    assert found.code == "MLS216"
    assert f"its schema has {have} date or timestamp columns" in found.message
    assert found_at(found, merged(PROJECT, patch)) == "24h"


def test_freshness_of_what_a_program_of_yours_fetches() -> None:
    given = "schema: {at: date}, freshness: 24h, run: python fetch.py"

    found = problem(check_sources, tastings(given))

    assert (found.code, found.path) == ("MLS216", ("data", "sources", "tastings", "freshness"))


def test_freshness_by_a_column_that_is_not_there() -> None:
    patch = tastings("schema: {tasted_at: date}, freshness: {within: 1d, column: tastet_at}")
    text = merged(PROJECT, patch)

    found = diagnosed(check_sources, patch)

    assert (found.code, found.message) == ("MLS205", "the source has no column `tastet_at`")
    assert found.help == "did you mean `tasted_at`?"
    assert found_at(found, text) == "tastet_at"
    assert span_text(found.related[0].span, text) == "schema"


@pytest.mark.parametrize("format", ["avro", "delta", "iceberg"])
def test_a_schema_of_a_format_that_mlspec_cannot_read(format: str) -> None:
    patch = tastings(f"format: {format}, schema: {{a: int}}")

    found = diagnosed(check_sources, patch)

    assert (found.code, found.message) == (
        "MLS217",
        f"mlspec cannot check `{format}` data against a schema",
    )
    assert found_at(found, merged(PROJECT, patch)) == "schema"
    assert format not in CHECKABLE


def test_freshness_of_a_format_that_mlspec_cannot_read() -> None:
    found = problem(check_sources, tastings("format: avro, freshness: {within: 24h, column: at}"))

    assert (found.code, found.path) == ("MLS217", ("data", "sources", "tastings", "freshness"))


def test_a_schema_of_an_output_that_mlspec_cannot_read() -> None:
    patch = "transforms: {clean: {outputs: {tidy: {format: delta, schema: {a: int}}}}}"

    found = problem(check_sources, patch)

    assert found.path == ("transforms", "clean", "outputs", "tidy", "schema")


def two_identities(first: str, second: str) -> str:
    return f"""
data: {{sources: {{
  tastings: {{credentials: {{workload_identity: '{first}'}}}},
  more: {{type: s3, uri: s3://cellar/x, format: csv,
          credentials: {{workload_identity: '{second}'}}}}}}}}
transforms: {{clean: {{inputs: [tastings, more]}}}}
"""


def test_the_pipeline_cannot_be_two_identities_of_one_cloud() -> None:
    patch = two_identities(ROLE, f"{ROLE}2")

    found = diagnosed(check_sources, patch)

    assert (found.code, found.message) == (
        "MLS218",
        f"the pipeline cannot be `{ROLE}2` here and `{ROLE}` for the source `tastings`",
    )
    assert found_at(found, merged(PROJECT, patch)) == f"{ROLE}2"


def test_the_platform_s_identity_counts_too() -> None:
    found = problem(
        check_sources,
        tastings(f"credentials: {{workload_identity: '{ROLE}'}}"),
        on=f"artifacts: {{credentials: {{workload_identity: '{ROLE}2'}}}}",
    )

    assert (found.code, found.message.rpartition(" for ")[2]) == (
        "MLS218",
        "the platform's artifact storage",
    )


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param(two_identities(ROLE, ROLE), id="the-same"),
        pytest.param(two_identities(ROLE, "r@p.iam.gserviceaccount.com"), id="two-clouds"),
        pytest.param(
            two_identities(ROLE, f"{ROLE}2").replace("[tastings, more]", "[tastings]"),
            id="one-that-nobody-reads",
        ),
    ],
)
def test_identities_that_one_account_can_stand_for(patch: str) -> None:
    assert problems(check_sources, patch) == []
