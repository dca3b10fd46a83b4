"""pii-location: columns that tell who a person is stay where they may be.

What can be told from a spec: where a source lies, where the platform keeps what steps pass on, and
which columns the schemas declare. What a program really writes cannot. So

- a source with such a column must lie inside;
- an output that declares such a column is kept in the artifact storage, which must lie inside, too;
- an output that declares a column of the name that is such a column in what its step reads must
  declare it as one: a transform that anonymises gives its column another name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.guardrails.finding import Break
from mlspec.guardrails.rules.pii import pii_columns
from mlspec.guardrails.rules.words import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.checks.context import Context
    from mlspec.checks.dataflow import Node
    from mlspec.language.guardrails import PiiLocation

_HELP = "keep the data inside, or leave these columns out"


def check(rule: PiiLocation, context: Context) -> Iterator[Break]:
    for name, source in context.project.data.sources.items():
        columns = pii_columns(source.schema)
        if not columns or is_inside(rule, source):
            continue
        path = ("data", "sources", name)
        declared = (("declared here", (*path, "schema", columns[0])),)
        yield Break(
            (*path, _place_key(source)),
            f"`{name}` has personal data ({either(columns)}) outside of where it may be",
            help=_HELP, related=declared,
        )  # fmt: skip
    is_kept_inside = is_inside(rule, context.platform.artifacts)
    for node in context.flow.nodes:
        yield from _outputs(context, node, is_kept_inside)


def _outputs(context: Context, node: Node, is_kept_inside: bool) -> Iterator[Break]:
    read: dict[str, str] = {}
    for name in node.inputs:
        producer = context.flow.producers.get(name)
        read |= dict.fromkeys(pii_columns(producer.columns) if producer else (), name)
    for name, output in node.outputs.items():
        path = (*node.path, "outputs", name)
        marked = pii_columns(output.schema)
        if marked and not is_kept_inside:
            yield Break(
                (*path, "schema", marked[0]),
                f"`{name}` has personal data ({either(marked)}), and the platform keeps outputs "
                "outside of where it may be",
                help="drop or hash the columns before anything is written", on_key=True,
            )  # fmt: skip
        for column in output.schema:
            if column in read and column not in marked:
                yield Break(
                    (*path, "schema", column),
                    f"`{column}` is personal data in `{read[column]}`, and is not marked so in "
                    f"`{name}`",
                    help="write `pii: true`, or give what is no longer personal another name",
                    on_key=True,
                )


def is_inside(rule: PiiLocation, place: Any) -> bool:
    """Whether a source or an artifact storage lies where personal data may be. False where that
    cannot be told."""
    host = host_of(place)
    if any(matches(pattern, host) for pattern in rule.hosts):
        return True
    if place.type == "s3" and host:  # a store of one's own: anyone may name a bucket or region so
        return False
    return getattr(place, "region", "") in rule.regions or bucket_of(place) in rule.buckets


def bucket_of(place: Any) -> str:
    """The bucket, or the storage account of Azure."""
    uri = str(getattr(place, "uri", ""))
    if place.type in ("s3", "gcs"):
        return uri.partition("://")[2].partition("/")[0]
    return host_of(place).partition(".")[0] if place.type == "azure-blob" else ""


def host_of(place: Any) -> str:
    """The host that holds the data, without its port; empty for a cloud's own services, which are
    known by region or bucket."""
    from urllib.parse import urlsplit

    if hasattr(place, "host"):
        return str(place.host)
    if place.type == "s3":
        return "" if place.endpoint.endswith(".amazonaws.com") else _without_port(place.endpoint)
    if place.type == "feast":
        return urlsplit(place.server).hostname or ""
    uri = str(getattr(place, "uri", ""))
    if place.type in ("http", "hdfs", "azure-blob", "git", "dvc"):
        if "://" not in uri:  # user@host:path
            return uri.partition("@")[2].partition(":")[0]
        try:
            return urlsplit(uri).hostname or ""
        except ValueError:  # which no checked address is
            return ""
    return ""


def _without_port(address: str) -> str:
    return address.partition(":")[0]


def matches(pattern: str, host: str) -> bool:
    """Whether a host is the one named, or below `*.…`."""
    pattern, host = pattern.lower(), host.lower()
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _place_key(source: Any) -> str:
    """The key that says where a source lies."""
    return next((key for key in ("uri", "host", "region") if hasattr(source, key)), "type")
