"""What a step has left, held against what it declares."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

from mlspec.local.files import files_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlspec.local.places import Places
    from mlspec.plan.model import Output, Step

_LONGEST_VALUE = 64 * 1024
"""Argo keeps a value in the workflow itself, and takes 256 KiB for all of them together."""


def problems(step: Step, places: Places) -> list[str]:
    """What is wrong with the outputs of a step that has ended well."""
    found: list[str] = []
    for output in step.outputs:
        found += _problem(output, places.outputs / output.name)
    return found


def _problem(output: Output, path: Path) -> Iterator[str]:
    if not os.path.lexists(path):
        yield f"expected output `{output.name}` at {path}, found nothing there"
        return
    unfit = next(_unfit(path), "")
    if unfit:
        yield f"expected output `{output.name}` to hold files only, found {unfit}"
    elif output.kind in ("dataset", "model"):
        if path.is_dir() and not files_below(path):
            yield f"expected output `{output.name}` at {path}, found a folder with no file in it"
    elif not path.is_file():
        yield f"expected output `{output.name}` to be a file, found a folder: {path}"
    elif output.kind == "value":
        if path.stat().st_size > _LONGEST_VALUE:
            yield f"expected output `{output.name}` to be one word or number, found a large file"
    else:
        yield from _metrics_problem(path)


def _unfit(output: Path) -> Iterator[str]:
    """What another machine could not be given, or would not read to its end."""
    is_folder = output.is_dir() and not output.is_symlink()
    for path in (output / name for name in files_below(output)) if is_folder else (output,):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            target = path.readlink()
            if target.is_absolute() or not path.resolve().is_relative_to(
                output.parent.resolve() / output.name
            ):
                yield f"a symbolic link that leads outside of it: {path} → {target}"
        elif not stat.S_ISREG(mode):
            yield f"a pipe, a socket or a device: {path}"


def _metrics_problem(path: Path) -> Iterator[str]:
    wanted = "expected metrics as a flat JSON map of name to number"
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        yield f"{wanted}, found malformed JSON ({error}): {path}"
        return
    if not isinstance(value, dict):
        yield f"{wanted}, found {_kind(value)}: {path}"
        return
    for name, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            yield f"{wanted}, found `{name}` with {_kind(number)}: {path}"


def _kind(value: object) -> str:
    names = {dict: "a map", list: "a list", str: "text", bool: "true or false"}
    return names.get(type(value), "nothing" if value is None else "a number")


def metrics(path: Path) -> dict[str, float]:
    """The finite numbers of a metrics file that has no problems."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {name: number for name, number in found.items() if abs(number) <= sys.float_info.max}
