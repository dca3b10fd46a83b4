"""The plan's values as people say them: commands, places, durations, bounds."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from mlspec.plan.model import (
    AzureLocation,
    GcsLocation,
    GitLocation,
    HdfsLocation,
    HttpLocation,
    S3Location,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlspec.plan.model import Location, Notify, Placeholder, Replicas, Resources, Retry, Step

_GROUPS = {"input": "inputs", "output": "outputs", "param": "params"}
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def command(step: Step) -> str:
    """A step's command as the language writes it: `python clean.py ${{ inputs.raw }}`."""
    return " ".join("".join(map(_part, word)) if word else "''" for word in step.argv)


def _part(part: str | Placeholder) -> str:
    if isinstance(part, str):
        return shlex.quote(part)
    if part.kind == "metrics":
        return "${{ metrics }}"
    return f"${{{{ {_GROUPS[part.kind]}.{part.name} }}}}"


def option(step: Step, name: str) -> str:
    """What follows the option `name` in a command of ours; empty if it has no such option, or if
    what follows is only known when it runs."""
    for word, following in zip(step.argv, step.argv[1:], strict=False):
        if word == (name,) and len(following) == 1 and isinstance(following[0], str):
            return following[0]
    return ""


def mapping(text: str) -> dict[str, Any]:
    """A mapping that a command or a variable of ours holds as JSON; empty if there is none."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def place(location: Location) -> str:
    """A location as a URI, or as near to one as people write."""
    match location:
        case S3Location(bucket=bucket, key=key):
            return f"s3://{bucket}/{key}"
        case GcsLocation(bucket=bucket, key=key):
            return f"gs://{bucket}/{key}"
        case AzureLocation(endpoint=endpoint, container=container, blob=blob):
            return f"{endpoint}/{container}/{blob}"
        case HdfsLocation(path=path):
            return f"hdfs://{path}"
        case GitLocation(repository=repository, revision=revision, path=path):
            return f"{repository} at {revision}: {path}"
        case HttpLocation(url=url):
            return url


def duration(seconds: int) -> str:
    """At most two units: `2 h`, `1 h 30 min`, `7 d`."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def gates(text: str) -> Iterator[str]:
    """A line a metric, of what `--gates` of our gate holds."""
    for metric, bounds in mapping(text).items():
        wanted = []
        if "min" in bounds:
            wanted.append(f"≥ {bounds['min']}")
        if "max" in bounds:
            wanted.append(f"≤ {bounds['max']}")
        if "no_worse_than" in bounds:
            wanted.append(f"no worse than {bounds['no_worse_than']}")
        yield f"{metric} {', '.join(wanted)}"


def columns(text: str) -> Iterator[str]:
    """A line a column, of what `--schema` of our data check holds."""
    for name, column in mapping(text).items():
        rules = [f"{rule} {value}" for rule, value in column.items() if rule != "type"]
        yield ", ".join([f"{name}: {column.get('type', '')}", *rules])


def resources(wanted: Resources) -> str:
    gpu = f" · {wanted.gpu} GPU" if wanted.gpu else ""
    return f"{wanted.cpu} CPU · {wanted.memory}{gpu}"


def retry(wanted: Retry | None) -> str:
    if wanted is None:
        return ""
    times = "once" if wanted.limit == 1 else f"{wanted.limit} times"
    return f"{times}, first after {duration(wanted.backoff_seconds)}"


def replicas(wanted: Replicas) -> str:
    if wanted.min == wanted.max:
        return f"{wanted.min} replica{'' if wanted.min == 1 else 's'}"
    return f"{wanted.min} to {wanted.max} replicas"


def notify(wanted: Notify) -> str:
    return f"{wanted.severity}, to {wanted.channel}" if wanted.channel else wanted.severity
