"""What a terminal can show."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def escape_what_it_lacks() -> None:
    """A terminal in the C locale may lack an arrow, and no terminal has half a character: from now
    on such are shown as escapes, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
