"""Ingest steps: one a source, which brings its data into the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlspec.checks.dataflow import column_type
from mlspec.language import data
from mlspec.language.units import seconds
from mlspec.plan.commands import compact, runtime, words
from mlspec.plan.metrics import DATA_TIMESTAMP
from mlspec.plan.model import (
    Fetch,
    Freshness,
    Gauge,
    Output,
    Placeholder,
    SecretEnv,
    Step,
)
from mlspec.plan.names import join
from mlspec.plan.storage import credentials, location_of, roles_of

if TYPE_CHECKING:
    from mlspec.plan.inputs import Inputs
    from mlspec.plan.model import Retry, Word

_SQL_FIELDS = ("host", "port", "database", "table", "query", "account", "warehouse", "project")

_NOT_TOLD = {"schema", "freshness", "credentials", "run", "resources", "description"}
"""Keys of a source that are mlspec's business, not that of the program that reads it."""


def ingest_step(inputs: Inputs, name: str, retry: Retry | None) -> Step:
    source = inputs.project.data.sources[name]
    fresh = freshness_of(inputs, name)
    common: dict[str, Any] = {
        "name": join("ingest", name),
        "kind": "ingest",
        "resources": inputs.resources(source.resources),
        "retry": retry,
        "outputs": _outputs(name, source, fresh),
        "gauges": _gauges(inputs, name) if fresh else (),
    }
    if source.run:
        return _own_program(inputs, name, source, common)
    runtime_image = inputs.locked_image(inputs.platform.runtime.image)
    if isinstance(source, data.SqlSource):
        return _query(name, source, runtime_image, common)
    return _files(inputs, name, source, runtime_image, common)


def freshness_of(inputs: Inputs, name: str) -> Freshness | None:
    written = inputs.project.data.sources[name].freshness
    if written is None:
        return None
    within = written if isinstance(written, str) else written.within
    return Freshness(source=name, seconds=seconds(within))


def _outputs(name: str, source: Any, fresh: Freshness | None) -> tuple[Output, ...]:
    dataset = Output(name=name, kind="dataset", format=getattr(source, "format", "parquet"))
    values = [Output(name="timestamp", kind="value")] if fresh else []
    if not source.run:
        values.append(Output(name="digest", kind="value"))
    return (dataset, *values)


def _gauges(inputs: Inputs, name: str) -> tuple[Gauge, ...]:
    labels = {"project": inputs.name, "environment": inputs.environment, "source": name}
    help = "Unix time of the newest data of a source"
    return (Gauge(name=DATA_TIMESTAMP, help=help, output="timestamp", labels=labels),)


def _timestamp(source: Any) -> tuple[Word, ...]:
    """The arguments that make the ingest program tell how new the data is."""
    if source.freshness is None:
        return ()
    column = source.freshness.column if isinstance(source.freshness, data.Freshness) else ""
    if not column:
        times = (n for n, c in source.schema.items() if column_type(c) in ("date", "timestamp"))
        column = next(times)
    words: list[Word] = [("--timestamp",), (Placeholder(kind="output", name="timestamp"),)]
    words += [("--timestamp-column",), (column,)]
    if not isinstance(source, data.SqlSource):
        words += [("--format",), (source.format,)]
    return tuple(words)


def _results(name: str) -> tuple[str | Placeholder, ...]:
    """Where the ingest program writes the data and the digest of its content."""
    data, digest = (Placeholder(kind="output", name=output) for output in (name, "digest"))
    return ("--to", data, "--digest", digest)


def _own_program(inputs: Inputs, name: str, source: Any, common: dict[str, Any]) -> Step:
    """The program is told what the spec says of the source as JSON in MLSPEC_SOURCE, and the parts
    of its credentials as MLSPEC_CREDENTIAL_<PART>."""
    told = {key: value for key, value in vars(source).items() if key not in _NOT_TOLD}
    locked = inputs.locked.data.get(name)
    if locked is not None and "revision" in told:
        told["revision"] = locked.revision
    given = {key: value for key, value in told.items() if value not in ("", None)}
    return Step(
        image=inputs.image(None),
        argv=words(source.run),
        env={"MLSPEC_SOURCE": compact(given)},
        secrets=_secrets("MLSPEC_CREDENTIAL", source),
        **common,
    )


def _secrets(prefix: str, source: Any) -> tuple[SecretEnv, ...]:
    """An environment variable for each part of the source's credentials."""
    found = credentials(source.credentials, roles_of(source))
    if found is None or not found.secret:
        return ()
    return tuple(
        SecretEnv(name=f"{prefix}_{role.upper()}", secret=found.secret, key=key)
        for role, key in found.keys.items()
    )


def _query(name: str, source: Any, image: str, common: dict[str, Any]) -> Step:
    asked: dict[str, Any] = {"dialect": source.type}
    for field in _SQL_FIELDS:
        value = getattr(source, field, None)
        if value not in (None, ""):
            asked[field] = value
    schema = getattr(source, "database_schema", "") or getattr(source, "dataset", "")
    if schema:
        asked["schema"] = schema
    argv = runtime("ingest", "--sql", compact(asked), *_results(name))
    return Step(
        image=image,
        argv=(*argv, *_timestamp(source)),
        env={},
        secrets=_secrets("MLSPEC_SQL", source),
        **common,
    )


def _files(inputs: Inputs, name: str, source: Any, image: str, common: dict[str, Any]) -> Step:
    locked = inputs.locked.data.get(name)
    location = location_of(source, locked.revision if locked else None)
    given: Word = (Placeholder(kind="input", name=name),)
    fetch = None
    if location is None:
        given = (source.uri,)  # a file of the project, on this machine
    else:
        fetch = Fetch(
            name=name,
            location=location,
            credentials=credentials(source.credentials, roles_of(source)),
        )
    argv = (*runtime("ingest", *_results(name)), ("--from",), given)
    return Step(image=image, argv=(*argv, *_timestamp(source)), env={}, fetch=fetch, **common)
