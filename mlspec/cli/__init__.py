"""cli: the `mlspec` command. The only place that puts the stages together; thin otherwise.

`main` answers `--version` and `--help`, and calls what needs no option parser, before it imports
click, which costs nearly three times as much as starting Python.
"""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main", "script"]


def script() -> None:
    """The console script: `main`, in a process that does nothing else.

    After a verb that only compiles the process ends at once: to take apart all that was imported
    and made is a sixth of a cold start (mypy does the same). What is registered with atexit is
    called as ever.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # `>&-`
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115, PTH123
    try:
        main()
        code: str | int = 0
    except SystemExit as error:
        code = error.code or 0
    from mlspec.cli.plain import VERBS

    if len(sys.argv) < 2 or sys.argv[1] not in VERBS or not isinstance(code, int):
        sys.exit(code)
    import atexit

    atexit._run_exitfuncs()
    _flush()
    os._exit(code)


def _flush() -> None:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        os._exit(1)
    except OSError as error:
        _end_on(error)


def _end_on(error: OSError) -> None:
    """A full disk behind `> FILE`, say."""
    print(f"mlspec: {error.strerror or error}", file=sys.stderr)
    os._exit(1)  # what is still buffered cannot be written either


def main() -> None:
    """One command line, from sys.argv."""
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
    except OSError as error:  # click handles closed pipes
        _end_on(error)
