"""A terminal that lacks a character is shown its escape: no command ends for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.samples import write
from tests.cli.shop import IMAGES, PLATFORM, PROJECT
from tests.specs import ROOT


def mlspec(place: Path, encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    environ = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONIOENCODING": encoding}
    return subprocess.run(
        [sys.executable, "-m", "mlspec", *words], cwd=place, env=environ, capture_output=True
    )


@pytest.mark.parametrize(("encoding", "arrow"), [("latin-1", b"\\u2192"), ("utf-8", "→".encode())])
def test_an_arrow_where_there_is_none(encoding: str, arrow: bytes, tmp_path: Path) -> None:
    write(tmp_path, {"wine/project.yaml": PROJECT, "platform.yaml": PLATFORM})
    for digit in "12":
        digest = f"{IMAGES[0]}=sha256:{digit * 64}"
        done = mlspec(tmp_path, encoding, "lock", "--offline", "--image", digest)

    assert b"Traceback" not in done.stderr
    assert b"111111111111 " + arrow + b" sha256:222222222222" in done.stdout


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", b"r\\xf6h"), ("utf-8", "röh".encode())])
def test_a_letter_that_is_not_there(encoding: str, shown: bytes, tmp_path: Path) -> None:
    """Without click, too."""
    wrong = PROJECT.replace("kind: Project", "kind: Project\nröh: 1")
    write(tmp_path, {"wine/project.yaml": wrong, "platform.yaml": PLATFORM})
    done = mlspec(tmp_path, encoding, "validate")

    assert done.returncode == 1 and b"Traceback" not in done.stderr and shown in done.stdout
