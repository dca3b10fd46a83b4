"""Import of the heavy libraries, only in the verb that needs them.

They come back as Any: most of them ship no types, and a step must start without them.
"""

from __future__ import annotations

import importlib
from typing import Any

from mlspec.runtime.errors import MissingPackage

RUNTIME_EXTRA = "mlspec[runtime]"


def need(module: str, install: str = RUNTIME_EXTRA) -> Any:
    """The imported module, or MissingPackage which says what to install."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as err:
        # err.name differs from the module when a dependency of it is the one that is missing.
        raise MissingPackage(err.name or module, install) from err
