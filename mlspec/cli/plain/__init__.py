"""The work of the commands that are called most, without click.

Importing click takes nearly three times as long as starting Python. A command line of a verb and
paths alone needs no parser: `called` calls these at once. Whatever has an option goes through the
click command of the same name, which has the help and ends up here as well.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mlspec.cli.terminal import escape_what_it_lacks

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = ("validate", "render", "verify")


def called(words: Sequence[str]) -> bool:
    """Runs a command line if it is that plain; says whether it was."""
    if not words or words[0] not in VERBS or any(word.startswith("-") for word in words):
        return False
    escape_what_it_lacks()
    work: Any = import_module(f"mlspec.cli.plain.{words[0]}").command
    try:
        work(tuple(words[1:]))
    except (Exception, KeyboardInterrupt) as error:  # how a command ends then, click knows
        from mlspec.cli.app import app

        app.main(list(words), prog_name="mlspec", obj=error)
    return True
