"""`mlspec` in a process of its own, with none of what this one has set up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.specs import ROOT

ENVIRON = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": "/nowhere"}
MLSPEC = [sys.executable, "-m", "mlspec"]


def mlspec(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MLSPEC, *words], cwd=place, env=ENVIRON, capture_output=True, text=True)


def python(place: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], cwd=place, env=ENVIRON, capture_output=True, text=True
    )
