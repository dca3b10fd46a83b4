"""A wheel, an sdist and a checkout carry the same compiler.

Installed without dependencies, which this environment has already: no network is needed. The clean
environment is `.ci/run`'s business.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytest.importorskip("hatchling", reason="hatchling builds the packages")


def run(*command: str | Path, cwd: Path, path: Path | None = None) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def build(source: Path, target: Path, *formats: str) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-d", target, *formats, cwd=source)


def unpack_wheel(wheel: Path, target: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def render_with(package: Path, output: Path) -> dict[str, bytes]:
    """The example, rendered from a folder that is not the checkout."""
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import mlspec; "
        "from mlspec.cli import main; "
        "assert mlspec.__file__.startswith(sys.path[0]), mlspec.__file__; main()"
    )
    arguments = ("render", ROOT / "projects" / "example", "-o", output)
    run(sys.executable, "-c", script, package, *arguments, cwd=output.parent)
    return tree(output)


def test_a_wheel_and_an_sdist_render_the_example_to_the_bytes_of_the_checkout(
    tmp_path: Path,
) -> None:
    build(ROOT, tmp_path / "dist", "-t", "wheel", "-t", "sdist")
    [wheel] = (tmp_path / "dist").glob("*.whl")
    [sdist] = (tmp_path / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    [source] = (tmp_path / "source").iterdir()
    build(source, tmp_path / "again", "-t", "wheel")
    [rebuilt] = (tmp_path / "again").glob("*.whl")

    from_checkout = render_with(ROOT, tmp_path / "checkout")
    from_wheel = render_with(unpack_wheel(wheel, tmp_path / "wheel"), tmp_path / "a")
    from_sdist = render_with(unpack_wheel(rebuilt, tmp_path / "sdist"), tmp_path / "b")

    assert from_checkout
    assert from_wheel == from_checkout
    assert from_sdist == from_checkout


def test_what_is_committed_under_generated_is_what_the_example_renders_to(tmp_path: Path) -> None:
    rendered = render_with(ROOT, tmp_path / "generated")

    assert rendered == tree(ROOT / "generated")
