"""The scripts of the composite action, run for real."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from tests.ci.git import bash
from tests.ci.workflows import ACTION
from tests.cli.samples import PROJECT, write


@pytest.fixture
def installed(tmp_path: Path, commands: Path) -> Path:
    """Where the action puts its installation, with this checkout's mlspec in it."""
    place = tmp_path / "mlspec" / "bin"
    place.mkdir(parents=True)
    (place / "mlspec").symlink_to(commands / "mlspec")
    write(tmp_path, {"a b/project.yaml": PROJECT})
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param("a b", 0, id="one"),
        pytest.param("--format\ngithub\n\na b\n", 0, id="lines"),
        pytest.param("$(touch hacked)\n", 2, id="hostile"),
        pytest.param("; touch hacked", 2, id="another-command"),
        pytest.param("", 0, id="none"),
    ],
)
def test_the_verb_gets_one_argument_a_line(
    installed: Path, commands: Path, arguments: str, code: int
) -> None:
    done = bash(
        ACTION.script("run"), installed, commands, RUNNER_TEMP=installed, VERB="validate",
        ARGUMENTS=arguments,
    )  # fmt: skip

    assert done.returncode == code, done.stderr
    assert not (installed / "hacked").exists()


def test_the_key_of_the_cache_has_no_character_that_is_not_allowed(
    tmp_path: Path, commands: Path
) -> None:
    keys = set()
    for install in ("mlspec==1.0", "mlspec>=1,<2", "./a folder"):
        output = tmp_path / "output"
        output.write_text("")
        script = ACTION.script("key of the cache")
        bash(script, tmp_path, commands, INSTALL=install, GITHUB_OUTPUT=output)
        keys.add(output.read_text())

    assert len(keys) == 3
    assert all(key.startswith("install=") and key.strip()[8:].isalnum() for key in keys)


def test_a_stand_in_for_the_package_is_installed_beside_the_users_own_python(
    tmp_path: Path, commands: Path
) -> None:
    wheel = tmp_path / "mlspec-1.0-py3-none-any.whl"
    info = "mlspec-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("stand_in.py", "def main(): print('installed')")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mlspec\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/entry_points.txt", "[console_scripts]\nmlspec = stand_in:main\n")
        archive.writestr(f"{info}/RECORD", "")

    done = bash(
        ACTION.script("install"), tmp_path, commands, RUNNER_TEMP=tmp_path, INSTALL=wheel,
        PYTHON=sys.executable, GITHUB_PATH=tmp_path / "path",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = Path((tmp_path / "path").read_text().strip())
    ran = bash(
        ACTION.script("run"), tmp_path, commands, RUNNER_TEMP=tmp_path, VERB="x", ARGUMENTS=""
    )

    assert [file.name for file in folder.iterdir()] == ["mlspec"]
    assert ran.stdout == "installed\n"
