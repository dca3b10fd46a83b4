"""Results of finished steps: what each gave, and what it was made of.

A result is put in place by one rename, so it is there whole or not at all; nothing else is ever
taken as an input. Its key is a digest of all that the step depends on (mlspec/local/parts.py).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.local.digests import of_tree, signature
from mlspec.local.files import read_object, remove
from mlspec.local.parts import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_FILE = "result.json"
_OUTPUTS = "outputs"


class Result(NamedTuple):
    """One finished step. `base` is the key without what makes it of one run only."""

    folder: Path
    key: str
    base: str
    parts: Mapping[str, Any]
    outputs: Mapping[str, Mapping[str, str]]
    told: Mapping[str, Any]
    """What is worth showing later: metrics, the gate's table, the registered version."""
    run: str
    """The run that made it."""
    seconds: float
    used: int
    """When it was made or last used, in nanoseconds."""

    def output(self, name: str) -> Path:
        return self.folder / _OUTPUTS / name

    def digest(self, name: str) -> str:
        return self.outputs[name]["digest"]

    @property
    def is_of_one_run(self) -> bool:
        """Whether something changed while it was made, so that no other run finds it by its key."""
        return self.base != key_of(self.parts)

    def mark_used(self) -> None:
        os.utime(self.folder)

    @property
    def is_intact(self) -> bool:
        """Whether its outputs are as the step left them."""
        return all(map(self.has_intact, self.outputs))

    def has_intact(self, name: str) -> bool:
        """Whether one output is."""
        try:
            return signature(self.output(name)) == self.outputs[name]["signature"]
        except OSError:
            return False


class Results:
    """All results of a project."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, step: str, key: str) -> Result | None:
        return _read(self._folder / step / key)

    def of_step(self, step: str) -> Iterator[Result]:
        """The latest first: a result that serves again is later than one that no longer does."""
        place = self._folder / step
        keys = os.listdir(place) if place.is_dir() else []  # noqa: PTH208
        found = [_read(place / key) for key in keys if not key.startswith(".")]
        yield from sorted((r for r in found if r), key=lambda r: r.used, reverse=True)

    def put(
        self,
        work: Path,
        *,
        step: str,
        key: str,
        base: str,
        parts: Mapping[str, Any],
        outputs: Iterable[str],
        told: Mapping[str, Any],
        run: str,
        seconds: float,
    ) -> Result:
        """Takes over what a step has left in `work`, which must hold all its outputs."""
        work.mkdir(parents=True, exist_ok=True)  # the step may have removed it
        known = {
            name: {"digest": of_tree(place), "signature": signature(place)}
            for name in outputs
            for place in [work / _OUTPUTS / name]
        }
        value = {
            "step": step,
            "key": key,
            "base": base,
            "parts": parts,
            "outputs": known,
            "told": told,
            "run": run,
            "seconds": seconds,
        }
        (work / _FILE).write_text(json.dumps(value), encoding="utf-8")
        place = self._folder / step / key
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():  # run anew though it was there
            trash = place.with_name(f".{key}.old")
            remove(trash)
            place.rename(trash)
            remove(trash)
        work.rename(place)
        os.utime(place)
        result = _read(place)
        assert result is not None
        _protect(place / _OUTPUTS)
        return result

    def drop(self, result: Result) -> None:
        """Nobody finds it any more. What it holds stays until the step is run again or the run is
        pruned: other steps may be reading it."""
        (result.folder / _FILE).unlink(missing_ok=True)

    def keep_only(self, used: set[tuple[str, str]]) -> set[str]:
        """Removes the results of other steps and keys. Returns the digests of the code that the
        ones that are left were made by."""
        codes = set()
        for step in self._folder.iterdir():
            for place in step.iterdir() if step.is_dir() else ():
                if (step.name, place.name) not in used:
                    remove(place)
                elif (result := _read(place)) is not None:
                    codes.add(str(result.parts.get("code")))
        return codes


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("key", "base", "run"), str),
    **dict.fromkeys(("parts", "outputs", "told"), dict),
    "seconds": int | float,
}


def _read(place: Path) -> Result | None:
    found = read_object(place / _FILE)
    if any(not isinstance(found.get(name), type) for name, type in _TYPES.items()):
        return None
    outputs = found["outputs"].values()
    if not all(
        isinstance(each, dict) and {"digest", "signature"} <= each.keys() for each in outputs
    ):
        return None
    known = {name: found[name] for name in _TYPES}
    return Result(place, used=place.stat().st_mtime_ns, **known)


def _protect(folder: Path) -> None:
    """No later step may change what it reads, nor put another file in its place."""
    for place, _, files in os.walk(folder, topdown=False):
        for path in (*(Path(place, name) for name in files), Path(place)):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
