"""Emitted manifests against the schemas in `schemas/manifests/`.

A schema is at `<group>/<kind in lower case>_<version>.json`, with `core` for the group of `v1`. In
a wheel `schemas/` is inside the package; in a checkout it stands beside it. jsonschema_rs is
imported, and a schema compiled, when the first manifest of its kind comes, and once a process.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mlspec.package_data import schemas_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema_rs import Draft7Validator

    from mlspec.manifests.manifest import Manifest

# A kind and an API version as Kubernetes spells them; anything else names no file of ours.
_is_kind = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z").match
_is_api_version = re.compile(r"(?:[a-z0-9][a-z0-9.-]*/)?v[a-z0-9]+\Z").match
_is_plain_key = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z").match

_LONGEST_MESSAGE = 300

_validators: dict[tuple[str, str, tuple[Path, ...]], Draft7Validator | None] = {}


def schema_errors(manifest: Manifest, folders: tuple[Path, ...] = ()) -> list[str]:
    """What the schema of its kind says against a manifest, as "$.spec.replicas: …" each.

    `folders` are those of a renderer that brings its own schemas, laid out as `schemas/manifests`;
    they are looked at first. A kind without a schema is an error too.
    """
    validator = _find_validator(manifest.api_version, manifest.kind, tuple(folders))
    if validator is None:
        return [f"no schema for {manifest.group or 'core'}/{manifest.kind} ({_version(manifest)})"]
    try:
        if validator.is_valid(manifest.body):
            return []
        found = [
            (_json_path(e.instance_path), e.message) for e in validator.iter_errors(manifest.body)
        ]
    except ValueError as err:  # a value that JSON does not have, such as a set
        return [f"$: {err}"]
    return [f"{path}: {_shorten(message)}" for path, message in sorted(found)]


def _find_validator(
    api_version: str, kind: str, folders: tuple[Path, ...]
) -> Draft7Validator | None:
    key = (api_version, kind, folders)
    if key not in _validators:
        file = _find_schema(api_version, kind, folders)
        _validators[key] = _compile(file) if file else None
    return _validators[key]


def _find_schema(api_version: str, kind: str, folders: tuple[Path, ...]) -> Path | None:
    if not _is_api_version(api_version) or not _is_kind(kind):
        return None
    group, _, version = api_version.rpartition("/")
    name = f"{kind.lower()}_{version}.json"
    places = (*folders, schemas_folder() / "manifests")
    return next((f for p in places if (f := p / (group or "core") / name).is_file()), None)


def _compile(file: Path) -> Draft7Validator:
    import jsonschema_rs

    # Kubernetes' formats (int32, duration as Go has it) are not those of JSON Schema.
    return jsonschema_rs.Draft7Validator(json.loads(file.read_bytes()), validate_formats=False)


def _version(manifest: Manifest) -> str:
    return manifest.api_version.rpartition("/")[2] or "no apiVersion"


def _json_path(path: Sequence[str | int]) -> str:
    parts = (
        f".{part}" if isinstance(part, str) and _is_plain_key(part) else f"[{part!r}]"
        for part in path
    )
    return "$" + "".join(parts)


def _shorten(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"
