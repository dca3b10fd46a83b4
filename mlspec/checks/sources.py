"""Sources: each can be read where it is to be read, with credentials that make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.checks.dataflow import column_type
from mlspec.language.data import (
    BigQuerySource,
    FileSource,
    Freshness,
    HdfsSource,
    Source,
    SqlSource,
)
from mlspec.language.project import LOCAL
from mlspec.language.suggestions import did_you_mean
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.language.data import Credentials
    from mlspec.language.platform import Platform
    from mlspec.source.tree import Path

NO_READER = ("jdbc", "mongodb", "kafka", "kinesis", "pubsub", "dvc", "feast")
"""Types that need a program of the user's."""

CHECKABLE = ("csv", "json", "jsonl", "parquet")
"""Formats whose content mlspec's own steps can read."""


def check_sources(context: Context) -> Iterator[Problem]:
    yield from _clouds(context)
    for name, source in context.project.data.sources.items():
        path = ("data", "sources", name)
        yield from _reader(context, source, path)
        yield from _place(source, path)
        yield from _credentials(context, source, path)
        yield from _freshness(source, path)
        yield from _checkable(getattr(source, "format", "parquet"), source.schema, path)
        if isinstance(source, SqlSource) and bool(source.table) == bool(source.query):
            message = "a database source needs either `table` or `query`"
            help = "`table` reads a table whole, `query` is a SELECT statement"
            if source.table:
                message, help = f"{message}, not both", f"keep only one of them: {help}"
            yield Problem("MLS102", path, message, help=help, on_key=True)
    for node in context.flow.nodes:
        for name, output in node.outputs.items():
            yield from _checkable(output.format, output.schema, (*node.path, "outputs", name))


def _clouds(context: Context) -> Iterator[Problem]:
    """All steps run as one account, and it can stand for one identity of each cloud."""
    used = [("", context.platform.artifacts.credentials)]
    used += [
        (name, source.credentials)
        for name, source in context.project.data.sources.items()
        if context.flow.readers(name)
    ]
    first: dict[str, tuple[str, str]] = {}
    for name, credentials in used:
        identity = credentials.workload_identity if credentials else ""
        if credentials is None or not identity or credentials.secret:
            continue
        other, known = first.setdefault(cloud_of(identity), (name, identity))
        if known != identity:
            whose = f"the source `{other}`" if other else "the platform's artifact storage"
            yield Problem(
                "MLS218", ("data", "sources", name, "credentials", "workload_identity"),
                f"the pipeline cannot be `{identity}` here and `{known}` for {whose}",
                help="let one identity read both, or use a secret for one of them",
            )  # fmt: skip


def cloud_of(identity: str) -> str:
    """Which cloud an identity is of, by the look of it."""
    if identity.startswith("arn:"):
        return "aws"
    return "google" if identity.endswith(".gserviceaccount.com") else "azure"


def _reader(context: Context, source: Source, path: Path) -> Iterator[Problem]:
    type = getattr(source, "type", "")
    if type in NO_READER and not source.run:
        yield Problem(
            "MLS211", (*path, "type"), f"mlspec has no reader for `{type}` of its own",
            help=f"add `run:` with a program of yours that writes ${{{{ outputs.{path[-1]} }}}}",
        )  # fmt: skip
    if isinstance(source, FileSource) and context.in_cluster:
        yield Problem(
            "MLS505", (*path, "type"), "a pod in the cluster cannot read a file of this machine",
            help="use `file` in environments.local only, and an object store or a database here",
        )  # fmt: skip


def _place(source: Source, path: Path) -> Iterator[Problem]:
    """Argo makes the folder of an HDFS path in the pod that fetches it, so it must be one there."""
    if isinstance(source, HdfsSource) and not source.run:
        place = source.uri.removeprefix("hdfs://").partition("/")[2]
        if ":" in place or ".." in place.split("/"):
            yield Problem(
                "MLS105", (*path, "uri"), "a path in HDFS can hold neither `:` nor `..` here",
                help="write the path itself, or fetch the data with a `run` of your own",
            )  # fmt: skip


def _credentials(context: Context, source: Source, path: Path) -> Iterator[Problem]:
    credentials = source.credentials
    yield from check_one_way(credentials, (*path, "credentials"))
    if credentials and context.environment != LOCAL:
        place = (*path, "credentials", "secret")
        yield from check_remote_name(credentials.secret, context.platform, place)
    if credentials and credentials.secret and isinstance(source, BigQuerySource):
        yield Problem(
            "MLS102", (*path, "credentials"), "BigQuery is read with a `workload_identity`",
            help="name a Google service account, or fetch the data with a `run` of your own",
            on_key=True,
        )  # fmt: skip


def check_remote_name(secret: str, platform: Platform, path: Path) -> Iterator[Problem]:
    """A Secret's name may have dots. Where it comes from Google, its name there has letters,
    digits, `-` and `_`: https://cloud.google.com/secret-manager/docs/creating-and-accessing-secrets
    """
    if "." not in secret or platform.secrets.type == "kubernetes":
        return
    if platform.secrets.backend.type == "gcp":
        yield Problem(
            "MLS105", path, f"`{secret}` has a dot, and a secret of Google has none in its name",
            help=f"call it `{secret.replace('.', '-')}`",
        )  # fmt: skip


def check_one_way(credentials: Credentials | None, path: Path) -> Iterator[Problem]:
    """Credentials, of a source or of the platform's storage, prove who reads in one way."""
    if credentials and bool(credentials.secret) == bool(credentials.workload_identity):
        message = "credentials are either a `secret` or a `workload_identity`"
        help = "name a Kubernetes Secret, or the cloud identity that may read"
        if credentials.secret:
            message, help = f"{message}, not both", "keep only one of them"
        yield Problem("MLS102", path, message, help=help, on_key=True)


def _freshness(source: Source, path: Path) -> Iterator[Problem]:
    if source.freshness is None:
        return
    if source.run:
        yield Problem(
            "MLS216", (*path, "freshness"),
            "the age of the data cannot be told: a program of yours fetches it",
            help="remove `freshness`, or let mlspec read the source by removing `run`",
        )  # fmt: skip
        return
    column = source.freshness.column if isinstance(source.freshness, Freshness) else ""
    times = [n for n, c in source.schema.items() if column_type(c) in ("date", "timestamp")]
    if not column and len(times) != 1:
        have = "several" if times else "no"
        yield Problem(
            "MLS216", (*path, "freshness"),
            f"the age of the data cannot be told: its schema has {have} date or timestamp columns",
            help="write `freshness: {within: …, column: NAME}` with the column of a row's time",
        )  # fmt: skip
    if column and source.schema and column not in source.schema:
        yield Problem(
            "MLS205", (*path, "freshness", "column"), f"the source has no column `{column}`",
            help=did_you_mean(column, times or source.schema),
            related=(("its columns are declared here", (*path, "schema")),),
        )  # fmt: skip
    if getattr(source, "format", "parquet") not in CHECKABLE:
        yield Problem(
            "MLS217", (*path, "freshness"), "mlspec cannot read a column of this format",
            help=f"formats that it can read: {', '.join(CHECKABLE)}",
        )  # fmt: skip


def _checkable(format: str, schema: object, path: Path) -> Iterator[Problem]:
    if schema and format not in CHECKABLE:
        yield Problem(
            "MLS217", (*path, "schema"), f"mlspec cannot check `{format}` data against a schema",
            help=f"formats that it can check: {', '.join(CHECKABLE)}", on_key=True,
        )  # fmt: skip
