"""provenance.json: what made a tree, and which of its files are ours. One file a tree, at its root.

    {"mlspec": "0.1.0",
     "inputs": {"project.yaml": "sha256:…", "platform.yaml": "sha256:…", "mlspec.lock": "sha256:…"},
     "files": {"dev/seldon/seldondeployment-churn.yaml": "sha256:…"}}

Sorted, with neither a clock nor a path of the machine. Where only some environments were rendered
anew and the others stem from other inputs, `older` says from which, so that nobody takes the whole
tree for current: {"older": {"dev": {"mlspec": "0.1.0", "inputs": {…}}}}.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from typing import TYPE_CHECKING

import mlspec
from mlspec.output.folder import is_relative_path, top
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from typing import Any, Literal

FILE_NAME = "provenance.json"

# What Argo CD reads from a folder: `manifestFile` in its reposerver/repository/repository.go.
_SYNCED = (".yaml", ".yml", ".json", ".jsonnet")

_MAX_BYTES = 16 * 1024 * 1024
"""The inventory of a hundred thousand files; what is larger is not one."""

# What opening something that is not a regular file gives.
_NOT_A_FILE = {errno.ELOOP: "it is a symbolic link", errno.ENXIO: "it is not a regular file"}

CONFLICT = "it holds the conflict of a Git merge"
"""The reason of a Reading for which Git is to blame."""

_is_conflict = re.compile(rb"^<<<<<<< ", re.MULTILINE).search


class Origin(Record):
    """What a set of files was rendered from: the version of mlspec, and input name → digest."""

    mlspec: str
    inputs: dict[str, str]


class Provenance(Record):
    """The content of provenance.json. `files` (path → digest) is the inventory of what is ours."""

    origin: Origin
    files: dict[str, str]
    older: dict[str, Origin] = {}  # noqa: RUF012  # Record: an immutable field's default
    """The folders that were not rendered with the rest, and what they were rendered from."""

    def is_from(self, origin: Origin) -> bool:
        """Whether every file was rendered from just this."""
        return self.origin == origin and not self.older

    def with_others_of(self, old: Provenance, scopes: Collection[str]) -> Provenance:
        """This, a render of the folders `scopes` alone, plus what `old` says of all others."""
        files = {path: digest for path, digest in old.files.items() if top(path) not in scopes}
        origins = {top(path): old.older.get(top(path), old.origin) for path in files}
        older = {name: origin for name, origin in origins.items() if origin != self.origin}
        return self.replace(files={**files, **self.files}, older=older)

    def to_bytes(self) -> bytes:
        """The file: sorted, indented, ending in a newline."""
        older = {
            name: {"mlspec": origin.mlspec, "inputs": origin.inputs}
            for name, origin in self.older.items()
        }
        content: dict[str, Any] = {
            "mlspec": self.origin.mlspec,
            "inputs": self.origin.inputs,
            "files": self.files,
            **({"older": older} if older else {}),
        }
        return (_json(content, "", is_sorted=False) + "\n").encode()


def _json(value: str | Mapping[str, Any], indent: str, *, is_sorted: bool = True) -> str:
    """`json.dumps(…, indent=2, ensure_ascii=False)` of texts and mappings, keys sorted: with an
    indentation the standard library leaves its C code, and takes ten times as long."""
    if isinstance(value, str):
        return _quoted(value)
    if not value:
        return "{}"
    deeper = indent + "  "
    lines = [
        f"{deeper}{_quoted(key)}: {_quoted(each) if type(each) is str else _json(each, deeper)}"
        for key, each in (sorted(value.items()) if is_sorted else value.items())
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


_quoted = json.encoder.encode_basestring

NOTHING = Provenance(origin=Origin(mlspec="", inputs={}), files={})


class Reading(Record):
    """What was found of a tree's provenance; `provenance` is NOTHING unless it is "present"."""

    state: Literal["present", "missing", "corrupt"]
    provenance: Provenance = NOTHING
    reason: str = ""
    """Why it is corrupt."""


def digest(data: bytes) -> str:
    """The digest as provenance.json has it: sha256:… in hexadecimal."""
    import hashlib

    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def build(origin: Origin, files: Mapping[str, bytes]) -> Provenance:
    """The provenance of files that were rendered from `origin`."""
    return Provenance(origin=origin, files={path: digest(data) for path, data in files.items()})


def rendered(inputs: Mapping[str, str], files: Mapping[str, bytes]) -> Provenance:
    """The provenance of files that this mlspec rendered. `inputs`: name → digest."""
    return build(Origin(mlspec=mlspec.__version__, inputs=dict(inputs)), files)


def read(root: Path) -> Reading:
    """The provenance of the tree at `root`. Never fails for what the file holds, or for what it is.

    OSError: it cannot be read.
    """
    try:
        data = read_bytes(root / FILE_NAME)
    except (FileNotFoundError, NotADirectoryError):
        return Reading(state="missing")
    except OSError as err:
        if err.errno not in _NOT_A_FILE:
            raise
        return Reading(state="corrupt", reason=_NOT_A_FILE[err.errno])
    except ValueError as err:
        return Reading(state="corrupt", reason=str(err))
    try:
        return Reading(state="present", provenance=_parse(data))
    except RecursionError:
        return Reading(state="corrupt", reason="it is nested too deeply")
    except ValueError as err:  # not UTF-8, not JSON, or not of the right shape
        reason = CONFLICT if has_conflict(data) else str(err)
        return Reading(state="corrupt", reason=reason)


def has_conflict(data: bytes) -> bool:
    """Whether a file holds the marks that `git merge` leaves."""
    return _is_conflict(data) is not None


def read_bytes(file: Path) -> bytes:
    """The bytes of a regular file, not through a link, and without waiting for a pipe."""
    fd = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise ValueError("it is not a regular file")
        with open(fd, "rb", closefd=False) as stream:
            data = stream.read(_MAX_BYTES + 1)
    finally:
        os.close(fd)
    if len(data) > _MAX_BYTES:
        raise ValueError(f"it is larger than {_MAX_BYTES // 1024 // 1024} MiB")
    return data


def _parse(data: bytes) -> Provenance:
    content = json.loads(data)
    if not isinstance(content, dict):
        raise ValueError("it is not a mapping")
    older = content.get("older", {})
    if not isinstance(older, dict):
        raise ValueError("`older` is not a mapping")
    files = _texts(content, "files")
    if bad := next((path for path in files if not is_relative_path(path)), None):
        raise ValueError(f"`files` names {bad!a}, which is not below the tree")
    found = Provenance(
        origin=_origin(content),
        files=files,
        older={name: _origin(value) for name, value in older.items()},
    )
    if rb"\u" in data:
        found.to_bytes()  # half of a surrogate pair could be read, and not be written again
    return found


def _origin(content: Any) -> Origin:
    if not isinstance(content, dict) or not isinstance(content.get("mlspec"), str):
        raise ValueError("`mlspec` is missing")
    return Origin(mlspec=content["mlspec"], inputs=_texts(content, "inputs"))


def _texts(content: dict[str, Any], key: str) -> dict[str, str]:
    value = content.get(key)
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError(f"`{key}` is not a mapping of texts")
    return value


def is_synced(path: str, folders: Collection[str]) -> bool:
    """Whether Argo CD, which syncs `folders` of a tree, would take a file for a manifest."""
    return "/" in path and top(path) in folders and path.endswith(_SYNCED)
