"""`mlspec graph`: draws what a project becomes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, write
from tests.specs import ROOT


def test_the_first_environment_that_is_rendered_is_drawn(run: Run, place: Path) -> None:
    out = run("graph", "wine", code=0).stdout

    assert out.startswith("flowchart LR\n  accTitle: wine · dev\n")
    assert '[("raw<br/>s3#58;//cellar/raw.csv")]' in out


@pytest.mark.parametrize("path", ["wine", "wine/project.yaml", "."])
def test_a_project_is_named_by_its_file_or_a_folder(run: Run, place: Path, path: str) -> None:
    assert "accTitle: wine · dev" in run("graph", path, code=0).stdout


def test_another_environment(run: Run, place: Path) -> None:
    assert "wine · staging" in run("graph", "wine", "--env", "staging", code=0).stdout


def test_this_machine_is_an_environment_too(run: Run, place: Path) -> None:
    out = run("graph", "wine", "--env", "local", code=0).stdout

    assert "wine · local" in out
    assert '[("raw<br/>data/raw.csv")]' in out


def test_a_project_without_environments_is_drawn_as_it_stands(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"project.yaml": PROJECT.partition("environments:")[0]})

    assert "wine · local" in run("graph", code=0).stdout


def test_a_misspelt_environment(run: Run, place: Path) -> None:
    said = run("graph", "wine", "--env", "stagin", code=2).stderr

    assert "no project has an environment `stagin`; did you mean `staging`?" in said


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (["--format", "svg"], "<svg "),
        (["--format", "html"], "<!doctype html>"),
        (["--format", "mermaid"], "flowchart LR"),
    ],
    ids=["svg", "html", "mermaid"],
)
def test_formats(run: Run, place: Path, arguments: list[str], begins: str) -> None:
    assert run("graph", "wine", *arguments, code=0).stdout.startswith(begins)


@pytest.mark.parametrize(
    ("file", "begins"),
    [("a/b/wine.svg", "<svg "), ("wine.HTML", "<!doctype html>"), ("wine.mmd", "flowchart LR")],
)
def test_the_name_of_the_file_tells_the_format(
    run: Run, place: Path, file: str, begins: str
) -> None:
    assert run("graph", "wine", "-o", file, code=0).output == ""
    assert (place / file).read_text(encoding="utf-8").startswith(begins)


def test_the_format_that_is_asked_for_counts(run: Run, place: Path) -> None:
    run("graph", "wine", "-o", "wine.svg", "--format", "mermaid", code=0)

    assert (place / "wine.svg").read_text(encoding="utf-8").startswith("flowchart LR")


@pytest.mark.parametrize("file", ["wine.png", "wine.PDF"])
def test_a_format_that_there_is_not(run: Run, place: Path, file: str) -> None:
    said = run("graph", "wine", "-o", file, code=2).stderr

    assert f"there is no format `{file[-3:].lower()}`; `.svg` is a picture" in said
    assert not (place / file).exists()


def test_what_is_printed_is_what_is_written(run: Run, place: Path) -> None:
    run("graph", "wine", "-o", "wine.svg", code=0)

    printed = run("graph", "wine", "--format", "svg", code=0).stdout_bytes
    assert printed == (place / "wine.svg").read_bytes()


def test_a_file_that_cannot_be_written(run: Run, place: Path) -> None:
    said = run("graph", "wine", "-o", "wine/project.yaml/x.svg", code=2).stderr

    assert "--output: cannot write wine/project.yaml/x.svg: " in said


def test_a_project_with_a_mistake_is_not_drawn(run: Run, place: Path) -> None:
    text = PROJECT.replace("inputs: [raw]", "inputs: [rwa]")
    write(place, {"wine/project.yaml": text})

    out = run("graph", "wine", "-o", "wine.svg", code=1).stdout
    assert "did you mean `raw`?" in out
    assert not (place / "wine.svg").exists()


def test_several_projects_at_once(run: Run, place: Path) -> None:
    write(place, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})

    assert "there are 2 projects in .: name one of " in run("graph", code=2).stderr


def test_no_project(run: Run) -> None:
    assert "there is no project.yaml" in run("graph", code=2).stderr


def test_a_locale_that_has_no_such_letters(place: Path) -> None:
    """`·` and `≥` are in every picture; what is printed is UTF-8, as a file is."""
    done = subprocess.run(
        [sys.executable, "-m", "mlspec", "graph", "wine"], capture_output=True, cwd=place,
        env={"PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, b"")
    assert "accTitle: wine · dev" in done.stdout.decode("utf-8")
