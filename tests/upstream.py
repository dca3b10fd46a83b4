"""What the real upstream schemas say: the judge of what we emit, for tests only.

They are not in this repository. MLSPEC_SHARED names the folder that has `crds/`; without it, that
is `../shared` beside the repository. Where there is none, a test that asks is skipped.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

if TYPE_CHECKING:
    from typing import Literal

ROOT = Path(__file__).parents[1]


def crds_folder() -> Path:
    """The folder of upstream schemas; skips the test that asks where there is none."""
    folder = Path(os.environ.get("MLSPEC_SHARED") or ROOT.parent / "shared") / "crds"
    if not (folder / "json").is_dir():
        pytest.skip(f"no upstream schemas at {folder}; set MLSPEC_SHARED")
    return folder


def upstream_errors(manifest: dict[str, Any], argo: Literal["3.7", "4.1"] = "3.7") -> list[str]:
    """What upstream refuses of a manifest. `argo` is the version for its own kinds."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    name = f"{manifest['kind'].lower()}_{version}.json"
    crds = crds_folder()
    newer = [crds / "argo-v4" / "json"] if argo == "4.1" else []
    places = [folder / group / name for folder in (*newer, crds / "json", crds / "json" / "core")]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return [f"no upstream schema for {manifest['apiVersion']} {manifest['kind']}"]
    return [f"{e.instance_path}: {e.message}" for e in _validator(file).iter_errors(manifest)]


@cache
def _validator(file: Path) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(json.loads(file.read_bytes()), validate_formats=False)
