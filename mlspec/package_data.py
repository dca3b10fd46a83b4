"""Where the files are that ship with the package but stand at the top of the repository."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def schemas_folder() -> Path:
    """`schemas/`: inside the package in a wheel, at the top of the repository in a checkout."""
    package = Path(__file__).parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "schemas").is_dir():
        return checkout / "schemas"
    return package / "schemas"
