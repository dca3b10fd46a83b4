"""cli: the `mlspec` command. The only place that puts the stages together; thin otherwise.

`main` answers `--version` and `--help`, and calls what needs no option parser, before it imports
click, which costs nearly three times as much as starting Python.
"""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]


def main() -> None:
    """The console script."""
    # Next to nothing that a compiler makes is a cycle: looking for some after every 700 new values
    # took a sixth of its time. (mypy does the same.)
    gc.set_threshold(200_000)
    if sys.argv[1:] in (["--version"], ["-V"]):
        from mlspec import __version__

        print(f"mlspec {__version__}")
        return
    if sys.argv[1:] in (["--help"], ["-h"]):
        from mlspec.cli.help import top_help

        print(top_help(), end="")
        return
    from mlspec.cli.plain import called

    try:
        if not called(sys.argv[1:]):
            from mlspec.cli.app import app

            app(prog_name="mlspec")
    except OSError as error:  # a full disk behind `> FILE`, say; click handles closed pipes
        print(f"mlspec: {error.strerror or error}", file=sys.stderr)
        os._exit(1)  # what is still buffered cannot be written either
