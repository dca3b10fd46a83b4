"""Snapshots of a database: a real PostgreSQL, streamed to parquet, with no secret in any output."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from mlspec.runtime import sql
from mlspec.runtime.parquet import PartsWriter

from .conftest import SERVER_PASSWORD, Outcome, Server, Step

pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra mlspec[runtime]")


@pytest.fixture
def ingest(postgres: Server, step: Step, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `ingest --sql` against the server; returns the outcome and the table, if any."""
    monkeypatch.setenv("MLSPEC_SQL_USERNAME", postgres.user)
    monkeypatch.setenv("MLSPEC_SQL_PASSWORD", SERVER_PASSWORD)

    def run(*flags: object, **options: Any) -> tuple[Outcome, Any]:
        place = {"host": "127.0.0.1", "port": postgres.port, "database": "postgres"}
        source = {"dialect": "postgres", **place, **options}
        target = tmp_path / "out.parquet"
        outcome = step("ingest", "--sql", json.dumps(source), "--to", target, *flags)
        assert SERVER_PASSWORD not in outcome.out + outcome.err
        assert list(tmp_path.glob(".ingest-*")) == []
        return outcome, pq.read_table(target) if target.exists() else None

    return run


def test_a_query_arrives_whole_over_many_chunks(ingest, monkeypatch) -> None:
    monkeypatch.setattr(sql, "CHUNK_ROWS", 100)
    outcome, table = ingest(query="select n, n * 1.5 as x from generate_series(1, 1234) as n")
    assert outcome.code == 0, outcome.err
    assert table.column("n").to_pylist() == list(range(1, 1235))
    assert "1234 rows" in outcome.out


def test_chunks_of_different_types_become_one_column(ingest, monkeypatch) -> None:
    monkeypatch.setattr(sql, "CHUNK_ROWS", 2)
    query = """select * from (values
               (1, null, 1.25), (2, null, 2), (3, 'x', 12345.678), (4, 'y', 0)
               ) as t(id, word, price) order by id"""
    outcome, table = ingest(query=query)
    assert outcome.code == 0, outcome.err
    assert table.column("word").to_pylist() == [None, None, "x", "y"]
    prices = [Decimal("1.25"), Decimal(2), Decimal("12345.678"), Decimal(0)]
    assert table.column("price").to_pylist() == prices


def test_percent_and_colon_in_a_query_mean_only_themselves(ingest) -> None:
    query = "select 'a:b %s' as x where 'abc' like '%b%' and '12:30'::time > '01:00'::time"
    outcome, table = ingest(query=query)
    assert outcome.code == 0, outcome.err
    assert table.to_pylist() == [{"x": "a:b %s"}]


def test_a_table_name_is_quoted_and_so_cannot_run_a_statement(ingest, postgres) -> None:
    postgres.execute('create table "odd; Name""x" (v int)', 'insert into "odd; Name""x" values (7)')
    outcome, table = ingest(table='odd; Name"x')
    assert outcome.code == 0, outcome.err
    assert table.to_pylist() == [{"v": 7}]


def test_schema_says_where_a_table_and_the_names_of_a_query_are(ingest, postgres) -> None:
    postgres.execute(
        'create schema "My Cellar"', 'create table "My Cellar".wines as select 1 as id'
    )
    for options in ({"table": "wines"}, {"query": "select id from wines"}):
        outcome, table = ingest(schema="My Cellar", **options)
        assert outcome.code == 0, outcome.err
        assert table.to_pylist() == [{"id": 1}]


def test_a_query_cannot_write(ingest, postgres) -> None:
    postgres.execute(
        "create table kept as select 1 as id",
        "create function lose() returns int language sql as 'delete from kept returning id'",
    )
    outcome, _ = ingest(query="select lose()")
    assert outcome.code == 1
    assert "read-only transaction" in outcome.err
    assert ingest(table="kept")[1].num_rows == 1


def test_values_beyond_numbers_and_text_are_kept_readable(ingest) -> None:
    query = """select '{"a": [1]}'::jsonb as doc, array[1, 2] as list, true as flag,
        '6c1a1f5e-0000-4000-8000-000000000001'::uuid as id, '\\x00ff'::bytea as raw,
        '2024-01-01T02:00+02'::timestamptz as at, '2024-01-01'::date as day"""
    outcome, table = ingest(query=query)
    assert outcome.code == 0, outcome.err
    assert table.to_pylist() == [
        {
            "doc": '{"a": [1]}',
            "list": [1, 2],
            "flag": True,
            "id": "6c1a1f5e-0000-4000-8000-000000000001",
            "raw": b"\x00\xff",
            "at": datetime(2024, 1, 1, tzinfo=UTC),
            "day": datetime(2024, 1, 1).date(),
        }
    ]


def test_the_timestamp_is_the_newest_value_of_the_column(ingest, tmp_path) -> None:
    query = "select * from (values ('2024-01-02'::timestamp), ('2024-01-01'), (null)) as t(at)"
    flags = ("--timestamp", tmp_path / "ts", "--timestamp-column", "at")
    outcome, _ = ingest(*flags, query=query)
    assert outcome.code == 0, outcome.err
    assert int((tmp_path / "ts").read_text()) == 1_704_153_600


def test_without_a_column_data_is_as_fresh_as_the_answer(ingest, tmp_path) -> None:
    outcome, _ = ingest("--timestamp", tmp_path / "ts", query="select 1 as x")
    assert outcome.code == 0, outcome.err
    assert abs(int((tmp_path / "ts").read_text()) - datetime.now(UTC).timestamp()) < 60


def test_no_rows_make_a_file_with_the_names_for_check_to_judge(ingest) -> None:
    outcome, table = ingest(query="select 1 as x, 'a' as y where false")
    assert outcome.code == 0, outcome.err
    assert (table.column_names, table.num_rows) == (["x", "y"], 0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param({"query": "selec 1"}, "syntax error", id="bad-sql"),
        pytest.param({"table": "gone"}, 'relation "gone" does not exist', id="no-such-table"),
        pytest.param({"query": "select 1 as a, 2 as a"}, "found twice: ['a']", id="name-twice"),
        pytest.param({"query": "select int4range(1, 3) as r"}, "cast it in the query", id="range"),
        pytest.param({"query": "set work_mem = '1MB'"}, "syntax error", id="not-a-query"),
    ],
)
def test_what_the_database_refuses_is_told_and_leaves_no_file(ingest, options, told: str) -> None:
    outcome, table = ingest(**options)
    assert outcome.code == 1
    assert told in outcome.err
    assert "Traceback" not in outcome.err
    assert table is None


def test_a_wrong_password_is_told_without_showing_any(ingest, monkeypatch) -> None:
    monkeypatch.setenv("MLSPEC_SQL_PASSWORD", "not-the-right-one")
    outcome, _ = ingest(query="select 1")
    assert outcome.code == 3
    assert "password authentication failed" in outcome.err
    assert "not-the-right-one" not in outcome.err


def test_a_missing_database_is_told(ingest) -> None:
    outcome, _ = ingest(query="select 1", database="gone")
    assert outcome.code == 3
    assert '"gone"' in outcome.err


def test_an_unreachable_server_is_told_without_a_traceback(ingest) -> None:
    outcome, _ = ingest(query="select 1", port=1)
    assert outcome.code == 3
    assert "127.0.0.1" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param({"dialect": "oracle", "table": "t"}, "dialect", id="dialect"),
        pytest.param({"dialect": "postgres"}, "either a query or a table", id="neither"),
        pytest.param({"dialect": "postgres", "query": "q", "table": "t"}, "either", id="both"),
        pytest.param({"dialect": "postgres", "table": "t", "hots": "h"}, "['hots']", id="unknown"),
        pytest.param({"dialect": "postgres", "table": "t", "port": 0}, "port", id="port"),
        pytest.param({"dialect": "postgres", "table": 1}, "table", id="not-text"),
        pytest.param({"dialect": "postgres", "table": "t"}, "MLSPEC_SQL_USERNAME", id="no-user"),
    ],
)
def test_a_wrong_source_is_wrong_usage(step: Step, tmp_path, options, told: str) -> None:
    pytest.importorskip("psycopg", reason="needs the driver psycopg")
    outcome = step("ingest", "--sql", json.dumps(options), "--to", tmp_path / "x")
    assert outcome.code == 2
    assert told in outcome.err


@pytest.mark.parametrize("dialect", ["mysql", "redshift", "snowflake", "bigquery"])
def test_a_missing_driver_names_the_package_to_install(
    step: Step, tmp_path, monkeypatch: pytest.MonkeyPatch, dialect: str
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    outcome = step(
        "ingest", "--sql", json.dumps({"dialect": dialect, "table": "t"}), "--to", tmp_path / "x"
    )
    assert outcome.code == 1
    assert f"pip install '{sql.DIALECTS[dialect].install}'" in outcome.err


def test_a_password_of_any_characters_reaches_the_driver_unchanged(monkeypatch) -> None:
    pytest.importorskip("sqlalchemy", reason="needs the extra mlspec[runtime]")
    monkeypatch.setenv("MLSPEC_SQL_USERNAME", "u@x")
    monkeypatch.setenv("MLSPEC_SQL_PASSWORD", SERVER_PASSWORD)
    source = sql.Source(dialect="snowflake", account="acme", database="d", schema="s", table="t")
    url = sql._url(source, sql.DIALECTS["snowflake"])
    assert (url.username, url.password, url.database) == ("u@x", SERVER_PASSWORD, "d/s")
    assert SERVER_PASSWORD not in str(url)


def test_a_failed_write_leaves_the_old_file(tmp_path) -> None:
    target = tmp_path / "x.parquet"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), PartsWriter(target) as writer:
        writer.write(["a"], [(1,)])
        raise RuntimeError("the connection broke")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
