"""What the tests of the forges share about `mlspec diff`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.cli.app import COMMANDS

MARKER = "<!-- mlspec diff -->"
"""The line that `mlspec diff --format markdown` begins with, by which a comment is found again."""

needs_diff = pytest.mark.skipif("diff" not in COMMANDS, reason="there is no `mlspec diff` yet")


def stand_in_for_diff(commands: Path, markdown: str) -> None:
    """Makes `mlspec diff` print this, and `mlspec` nothing else."""
    (commands / "markdown").write_text(markdown)
    (commands / "mlspec").write_text(f'#!/bin/sh\n[ "$1" = diff ] && cat "{commands}/markdown"\n')
