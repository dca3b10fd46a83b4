"""Outputs that are also to be found under a name that stays, as in the cluster's artifact store."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from mlspec.local.files import remove

if TYPE_CHECKING:
    from pathlib import Path


def publish(output: Path, place: Path) -> None:
    """Puts a copy there. Who looks meanwhile finds the old one, the new one, or for a moment none,
    never a part."""
    place.parent.mkdir(parents=True, exist_ok=True)
    new, old = (place.with_name(f".{place.name}.{word}") for word in ("new", "old"))
    remove(new)
    remove(old)
    if output.is_dir():
        shutil.copytree(output, new, symlinks=True)
    else:
        shutil.copy2(output, new)
    if place.exists():
        place.rename(old)
    new.rename(place)
    remove(old)
