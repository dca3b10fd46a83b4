"""Names that Kubernetes accepts: shortened where they must be, and unique after that. And one that
MLflow accepts.

Pure functions of their arguments. A name that is cut ends in a hash of the whole, so two long names
that begin alike stay apart, and the same name is cut the same way on every machine.
"""

from __future__ import annotations

LABEL_LIMIT = 63
"""RFC 1123 label, the limit of most names and of label values."""

PIPELINE_LIMIT = 52
"""A scheduled run is called PIPELINE-TIME, with a time of ten digits, and must fit into 63."""

SERVICE_LIMIT = 32
PREDICTOR_LIMIT = 16
"""Serving systems join the names of service, predictor and container (Seldon Core hashes what is
then too long, and people can no longer tell what is what), so each is kept short enough."""

_HASH_LENGTH = 8


def shorten(name: str, limit: int = LABEL_LIMIT) -> str:
    """`name` itself when it fits into `limit` characters, else its beginning and a hash of it.

    `limit` must leave room for the hash (at least 10).
    """
    if len(name) <= limit:
        return name
    from hashlib import sha256

    digest = sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    kept = name[: limit - _HASH_LENGTH - 1].rstrip("-.")
    return f"{kept}-{digest}"


def join(*parts: str, limit: int = LABEL_LIMIT) -> str:
    """The parts joined by dashes (empty ones left out), shortened to `limit`."""
    return shorten("-".join(filter(None, parts)), limit)


def registered_name(project: str, environment: str, model: str) -> str:
    """The model's name in the registry. Environments share a registry, so it says which one: a
    training in dev must never move an alias that prod follows."""
    return f"{project}.{environment}.{model}"
