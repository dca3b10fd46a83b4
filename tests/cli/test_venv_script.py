"""bin/venv: finds a Python that works, makes .venv once, and says in one line what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIM = "#!/bin/sh\necho 'command not found in this version' >&2\nexit 127\n"
# Answers as a Python that works; `-m venv --clear DIR` makes DIR with itself as its Python.
PYTHON = """\
#!/bin/sh
echo "$0 $*" >>"$LOG"
case "$*" in
  --version) echo "Python 3.13.0" ;;
  "-m venv --clear"*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; : >"$4/bin/mlspec"
    chmod +x "$4/bin/mlspec" ;;
esac
"""


class Checkout:
    """A folder with the script, a pyproject.toml, and the only programs on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path, self.log = folder, folder / "path", folder / "log"
        for place in (folder / "bin", self.path):
            place.mkdir(parents=True)
        shutil.copy(ROOT / "bin" / "venv", folder / "bin" / "venv")
        (folder / "pyproject.toml").write_text("[project]\n")
        self.log.write_text("")
        for tool in ("sh", "dirname", "cksum", "cat", "rm", "mkdir", "cp", "chmod"):
            (self.path / tool).symlink_to(shutil.which(tool) or tool)

    def program(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", self.folder / "bin" / "venv", *words],
            env={"PATH": str(self.path), "HOME": str(self.folder), "LOG": str(self.log)}
            | environment,
            cwd=os.sep, capture_output=True, text=True,
        )  # fmt: skip

    def installs(self) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if " -m pip install" in line]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "here")


def test_a_broken_shim_is_passed_over(checkout: Checkout) -> None:
    checkout.program("python3.12", SHIM)
    checkout.program("python3.13", PYTHON)

    done = checkout.run("light")

    assert (done.returncode, done.stderr) == (0, "")
    assert "making .venv with Python 3.13.0" in done.stdout
    assert checkout.installs()[0].endswith("--editable .")


def test_versions_of_pyenv_are_looked_at(checkout: Checkout) -> None:
    checkout.program("python3.12", SHIM)
    place = checkout.folder / ".pyenv" / "versions" / "3.11.7" / "bin"
    place.mkdir(parents=True)
    (place / "python3.11").write_text(PYTHON)
    (place / "python3.11").chmod(0o755)

    assert checkout.run("light").returncode == 0
    assert "versions/3.11.7/bin/python3.11 -m venv" in checkout.log.read_text()


def test_it_is_done_once_until_pyproject_changes_or_more_is_asked_for(checkout: Checkout) -> None:
    checkout.program("python3.12", PYTHON)

    checkout.run("light")
    again = checkout.run("light")
    assert (again.stdout, len(checkout.installs())) == ("", 1)

    checkout.run("dev")
    assert checkout.installs()[-1].endswith("--editable .[dev]")
    assert checkout.run("light").stdout == ""  # dev holds light
    assert len(checkout.installs()) == 2

    (checkout.folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    checkout.run("light")
    assert len(checkout.installs()) == 3


@pytest.mark.parametrize(
    ("environment", "said"),
    [({}, "is needed\n"), ({"PYTHON": "/nowhere/python"}, "(PYTHON=/nowhere/python is none)\n")],
    ids=["none", "named"],
)
def test_what_is_missing_is_said_in_one_line(
    checkout: Checkout, environment: dict[str, str], said: str
) -> None:
    checkout.program("python3.12", SHIM)
    checkout.program("python3", SHIM)

    done = checkout.run("light", **environment)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and done.stderr.endswith(said)
    assert not (checkout.folder / ".venv").exists()
