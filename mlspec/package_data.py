"""Where the files are that ship with the package but stand at the top of the repository."""

from __future__ import annotations

from pathlib import Path

import mlspec


def schemas_folder() -> Path:
    """The folder of all schemas of mlspec: `mlspec/schemas` in a wheel, `schemas` in a checkout."""
    package = Path(mlspec.__file__).parent
    checkout = package.parent
    # Without the look at pyproject.toml, an installed mlspec would take up any `schemas` package
    # that lies beside it in site-packages.
    if not (package / "schemas").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / "schemas"
    return package / "schemas"
