"""provenance.json: what made a tree, and which of its files are ours. One file a tree, at its root.

    {"mlspec": "0.1.0",
     "inputs": {"project.yaml": "sha256:…", "platform.yaml": "sha256:…", "mlspec.lock": "sha256:…"},
     "files": {"dev/seldon/seldondeployment-churn.yaml": "sha256:…"}}

Sorted, with neither a clock nor a path of the machine. Where only some environments were rendered
anew and the others stem from other inputs, `older` says from which, so that nobody takes the whole
tree for current: {"older": {"dev": {"mlspec": "0.1.0", "inputs": {…}}}}.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlspec.output.folder import holds, is_relative_path, top, walk
from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from typing import Any, Literal

FILE_NAME = "provenance.json"

# What Argo CD reads from a folder: `manifestFile` in its reposerver/repository/repository.go.
_SYNCED = (".yaml", ".yml", ".json", ".jsonnet")


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
        content: dict[str, Any] = {
            "mlspec": self.origin.mlspec,
            "inputs": dict(sorted(self.origin.inputs.items())),
            "files": dict(sorted(self.files.items())),
        }
        if self.older:
            content["older"] = {
                name: {"mlspec": origin.mlspec, "inputs": dict(sorted(origin.inputs.items()))}
                for name, origin in sorted(self.older.items())
            }
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


NOTHING = Provenance(origin=Origin(mlspec="", inputs={}), files={})


class Reading(Record):
    """What was found of a tree's provenance; `provenance` is NOTHING unless it is "present"."""

    state: Literal["present", "missing", "corrupt"]
    provenance: Provenance = NOTHING
    reason: str = ""
    """Why it is corrupt."""


class Drift(Record):
    """How a tree differs from what it should hold; each a sorted tuple of relative paths."""

    stale: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    edited: tuple[str, ...]
    """Those of `stale` that are not what mlspec wrote there: someone has edited them since."""

    def __bool__(self) -> bool:
        return bool(self.stale or self.missing or self.unexpected)


def digest(data: bytes) -> str:
    """The digest as provenance.json has it: sha256:… in hexadecimal."""
    import hashlib

    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def build(origin: Origin, files: Mapping[str, bytes]) -> Provenance:
    """The provenance of files that were rendered from `origin`."""
    return Provenance(origin=origin, files={path: digest(data) for path, data in files.items()})


def read(root: Path) -> Reading:
    """The provenance of the tree at `root`. Never fails for what the file holds."""
    try:
        text = (root / FILE_NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Reading(state="missing")
    except IsADirectoryError:
        return Reading(state="corrupt", reason="it is a folder")
    try:
        return Reading(state="present", provenance=_parse(json.loads(text)))
    except RecursionError:
        return Reading(state="corrupt", reason="it is nested too deeply")
    except ValueError as err:  # not UTF-8, not JSON, or not of the right shape
        return Reading(state="corrupt", reason=str(err))


def _parse(content: Any) -> Provenance:
    if not isinstance(content, dict):
        raise ValueError("it is not a mapping")
    older = content.get("older", {})
    if not isinstance(older, dict):
        raise ValueError("`older` is not a mapping")
    files = _texts(content, "files")
    if bad := next((path for path in files if not is_relative_path(path)), None):
        raise ValueError(f"`files` names {bad!r}, which is not below the tree")
    return Provenance(
        origin=_origin(content),
        files=files,
        older={name: _origin(value) for name, value in older.items()},
    )


def _origin(content: Any) -> Origin:
    if not isinstance(content, dict) or not isinstance(content.get("mlspec"), str):
        raise ValueError("`mlspec` is missing")
    return Origin(mlspec=content["mlspec"], inputs=_texts(content, "inputs"))


def _texts(content: dict[str, Any], key: str) -> dict[str, str]:
    value = content.get(key)
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError(f"`{key}` is not a mapping of texts")
    return value


def compare(
    root: Path,
    expected: Mapping[str, bytes],
    *,
    scopes: Collection[str] | None = None,
    environments: Collection[str] | None = None,
) -> Drift:
    """How the tree at `root` differs from the files that it should hold.

    `scopes` are the top-level folders to look at (None: all). `environments` are the folders that
    Argo CD syncs from (None: every top-level folder that `expected` or the inventory knows): what
    it would read there and nobody expects is `unexpected`, and so is what mlspec once wrote.
    OSError: a file cannot be read.
    """
    inventory = read(root).provenance.files
    known = {top(path) for path in (*expected, *inventory) if "/" in path}
    synced = known if environments is None else environments
    found = {path: kind for path, kind in walk(root).items() if kind != "empty folder"}
    present = [path for path in expected if path in found]
    stale = [p for p in present if found[p] != "file" or not holds(root / p, expected[p])]
    unexpected = [
        path
        for path in found
        if path not in expected
        and (scopes is None or top(path) in scopes)
        and (path in inventory or ("/" in path and top(path) in synced and _is_synced(path)))
    ]
    return Drift(
        stale=tuple(sorted(stale)),
        missing=tuple(sorted(set(expected) - found.keys())),
        unexpected=tuple(sorted(unexpected)),
        edited=tuple(sorted(p for p in stale if _is_edited(root / p, inventory.get(p)))),
    )


def _is_synced(path: str) -> bool:
    return path.endswith(_SYNCED)


def _is_edited(file: Path, recorded: str | None) -> bool:
    return file.is_symlink() or not file.is_file() or digest(file.read_bytes()) != recorded
