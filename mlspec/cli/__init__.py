"""cli: the `mlspec` command. The only place that puts the stages together; thin otherwise.

`main` answers `--version` before it imports click, which costs three times as much as all the rest.
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """The console script."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from mlspec import __version__

        print(f"mlspec {__version__}")
        return
    from mlspec.cli.app import app

    try:
        app(prog_name="mlspec")
    except OSError as error:  # a full disk behind `> FILE`, say; click handles closed pipes
        print(f"mlspec: {error.strerror or error}", file=sys.stderr)
        os._exit(1)  # what is still buffered cannot be written either
