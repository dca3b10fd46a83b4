"""A query or table of a database, streamed into one parquet file. `ingest --sql` calls it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mlspec.runtime.errors import MissingPackage, StepFailure, Unavailable, UsageError
from mlspec.runtime.extras import need
from mlspec.runtime.parquet import PartsWriter

# Rows held in memory at once, from the server's cursor to the file.
CHUNK_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """A database's SQLAlchemy driver, the module it needs and the packages that bring it."""

    driver: str
    modules: tuple[str, ...]
    install: str
    now: str  # its clock, in seconds since 1970
    uses_login: bool = True


DIALECTS = {
    "postgres": Dialect(
        driver="postgresql+psycopg",
        modules=("psycopg",),
        install="psycopg[binary]",
        now="select extract(epoch from current_timestamp)",
    ),
    "mysql": Dialect(
        driver="mysql+pymysql",
        modules=("pymysql",),
        install="pymysql[rsa]",
        now="select unix_timestamp()",
    ),
    "redshift": Dialect(
        driver="redshift+redshift_connector",
        modules=("sqlalchemy_redshift", "redshift_connector"),
        # 1.0 is the first that works with SQLAlchemy 2.
        install="sqlalchemy-redshift>=1.0' 'redshift-connector",
        now="select extract(epoch from getdate())",
    ),
    "snowflake": Dialect(
        driver="snowflake",
        modules=("snowflake",),
        install="snowflake-sqlalchemy",
        now="select date_part(epoch_second, current_timestamp())",
    ),
    "bigquery": Dialect(
        driver="bigquery",
        modules=("sqlalchemy_bigquery",),
        install="sqlalchemy-bigquery",
        now="select unix_seconds(current_timestamp())",
        uses_login=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where to connect and what to read: a query or a table."""

    dialect: str
    host: str = ""
    port: int | None = None
    database: str = ""
    schema: str = ""
    query: str = ""
    table: str = ""
    warehouse: str = ""
    account: str = ""
    project: str = ""

    @classmethod
    def parse(cls, options: dict[str, Any]) -> Source:
        """Raises UsageError that names every key that is wrong."""
        known = [field.name for field in fields(cls)]
        given = {key: value for key, value in options.items() if value is not None}
        unknown = [key for key in given if key not in known]
        if unknown:
            raise UsageError(f"--sql: unknown {unknown}; known: {', '.join(known)}")
        if given.get("dialect") not in DIALECTS:
            found = given.get("dialect")
            raise UsageError(f"--sql: dialect: expected {', '.join(DIALECTS)}, found {found!r}")
        given["port"] = _port(given.get("port"))
        wrong = [k for k, v in given.items() if k != "port" and not isinstance(v, str)]
        if wrong:
            raise UsageError(f"--sql: expected text, found something else: {', '.join(wrong)}")
        if bool(given.get("query")) == bool(given.get("table")):
            raise UsageError("--sql: expected either a query or a table")
        return cls(**given)


def _port(port: Any) -> int | None:
    if port is None or (isinstance(port, int) and 0 < port < 65_536):
        return port
    if isinstance(port, str) and port.isdecimal():
        return _port(int(port))
    raise UsageError(f"--sql: port: expected 1 to 65535, found {port!r}")


def snapshot(source: Source, target: Path, timestamp_column: str | None) -> float:
    """Writes the rows to a parquet file; returns the unix seconds of the newest one.

    That is the newest value of the column, or the time of the database when there is no column: a
    query is as fresh as the moment it was answered.
    """
    writer = PartsWriter(target, timestamp_column)
    with _connected(source) as connection:
        moment = float(connection.exec_driver_sql(DIALECTS[source.dialect].now).scalar_one())
        with writer, closing(_chunks(connection, source)) as chunks:
            for names, rows in chunks:
                writer.write(names, rows)
    print(f"{target.name}  {writer.rows} rows  {target.stat().st_size} bytes  {writer.digest()}")
    if timestamp_column is None:
        return moment
    if writer.newest is None:
        raise StepFailure(f"{timestamp_column}: expected at least one date or timestamp")
    return writer.newest


@contextmanager
def _connected(source: Source) -> Iterator[Any]:
    sqlalchemy = need("sqlalchemy")
    dialect = DIALECTS[source.dialect]
    _require_driver(dialect)
    engine = sqlalchemy.create_engine(_url(source, dialect), poolclass=sqlalchemy.pool.NullPool)
    try:
        with engine.connect() as connection:
            if source.dialect == "postgres":
                # A snapshot never writes; the database itself holds the query to that.
                connection = connection.execution_options(postgresql_readonly=True)
            _choose_schema(connection, source)
            yield connection
    except sqlalchemy.exc.NoSuchModuleError as err:
        raise MissingPackage(dialect.driver, dialect.install) from err
    except sqlalchemy.exc.OperationalError as err:  # no connection, or not to this database
        raise Unavailable(f"{source.dialect} at {_place(source)}: {_reason(err)}") from err
    except sqlalchemy.exc.SQLAlchemyError as err:
        raise StepFailure(f"{source.dialect} at {_place(source)}: {_reason(err)}") from err


def _require_driver(dialect: Dialect) -> None:
    for module in dialect.modules:
        if importlib.util.find_spec(module) is None:
            raise MissingPackage(module, dialect.install)


def _url(source: Source, dialect: Dialect) -> Any:
    """A URL object, never text: a password may hold any character."""
    create = need("sqlalchemy").URL.create
    login: dict[str, str | None] = {}
    if dialect.uses_login:
        user = os.environ.get("MLSPEC_SQL_USERNAME")
        if not user:
            raise UsageError("expected MLSPEC_SQL_USERNAME (and MLSPEC_SQL_PASSWORD), found unset")
        login = {"username": user, "password": os.environ.get("MLSPEC_SQL_PASSWORD")}
    if source.dialect == "bigquery":
        dataset = source.schema or source.database
        return create(dialect.driver, host=source.project or None, database=dataset or None)
    if source.dialect == "snowflake":
        database = "/".join(part for part in (source.database, source.schema) if part)
        query = {"warehouse": source.warehouse} if source.warehouse else {}
        host = source.account or source.host
        return create(dialect.driver, host=host, database=database, query=query, **login)
    place = {"host": source.host or None, "database": source.database or None}
    return create(dialect.driver, port=source.port, **place, **login)


def _choose_schema(connection: Any, source: Source) -> None:
    """The schema in which the names of a query are looked up; a table is named in full instead."""
    if source.query and source.schema and source.dialect in ("postgres", "redshift"):
        quote = connection.dialect.identifier_preparer.quote_identifier
        connection.exec_driver_sql(f"set search_path to {quote(source.schema)}")


def _chunks(
    connection: Any, source: Source
) -> Generator[tuple[Sequence[str], Sequence[Any]], None, None]:
    """Column names and up to CHUNK_ROWS rows at a time; once, without rows, when there are none."""
    sqlalchemy = need("sqlalchemy")
    # no_parameters: a query is sent as it is written, so that % and : in it mean only themselves.
    streaming = connection.execution_options(
        stream_results=True, max_row_buffer=CHUNK_ROWS, no_parameters=True
    )
    if source.query:
        result = streaming.exec_driver_sql(source.query)
    else:
        table = sqlalchemy.table(source.table, schema=source.schema or None)
        result = streaming.execute(sqlalchemy.select(sqlalchemy.text("*")).select_from(table))
    if not result.returns_rows:
        raise StepFailure("expected a query that returns rows, found one that returns none")
    with closing(result):
        names = list(result.keys())
        yield names, []
        for rows in result.partitions(CHUNK_ROWS):
            yield names, rows


def _place(source: Source) -> str:
    return source.host or source.account or source.project or "its default host"


def _reason(err: Any) -> str:
    """The driver's own words, without SQLAlchemy's (which repeat the query)."""
    text = str(getattr(err, "orig", None) or err)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:2])[:500] if lines else type(err).__name__
