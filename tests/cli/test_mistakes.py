"""Mistakes that people make, each a whole project, beside what mlspec says of it.

`tests/mistakes/NAME.yaml` is the project, `NAME.txt` the report; read the two together, aloud. The
first line of a project names the codes that are expected: `# expect: MLS101 MLS201`. After a change
of words, `python -m tests.cli.test_mistakes --write` writes the reports anew: read the difference.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlspec.cli.app import app
from mlspec.diagnostics.codes import CODES
from tests.specs import ROOT

FOLDER = ROOT / "tests" / "mistakes"
PROJECTS = sorted(FOLDER.glob("*.yaml"))
HEADER = re.compile(r"(error|warning)\[(MLS\d{3})\]: (.+)")
MAX_LINE = 160
"""What an editor shows of a message without wrapping."""

each_mistake = pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.stem)


def report_on(project: Path, folder: Path) -> tuple[str, int]:
    """What `mlspec validate` says of a copy called project.yaml, without the time; and its code."""
    (folder / "project.yaml").write_bytes(project.read_bytes())
    before = Path.cwd()
    os.chdir(folder)
    try:
        arguments = ["validate", "project.yaml", "--format", "text"]
        result = CliRunner().invoke(app, arguments, prog_name="mlspec", catch_exceptions=False)
    finally:
        os.chdir(before)
    return re.sub(r" \(\d+\.\d+ s\)", "", result.stdout), result.exit_code


def expected_codes(project: Path) -> set[str]:
    first = project.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# expect: "), f"{project.name} does not say what it expects"
    return set(first.removeprefix("# expect: ").split())


def report_of(project: Path) -> str:
    return project.with_suffix(".txt").read_text(encoding="utf-8")


def blocks_of(report: str) -> list[str]:
    """The diagnostics of a report, each with its excerpt and its notes."""
    return [block for block in report.split("\n\n") if HEADER.match(block)]


@each_mistake
def test_a_mistake_is_told_as_it_was_found_good(project: Path, tmp_path: Path) -> None:
    report, code = report_on(project, tmp_path)

    assert report == report_of(project)
    is_wrong = any(CODES[found].severity == "error" for found in expected_codes(project))
    assert code == (1 if is_wrong else 0)


@each_mistake
def test_nothing_is_said_but_what_is_expected(project: Path) -> None:
    assert {code for _, code, _ in HEADER.findall(report_of(project))} == expected_codes(project)


@each_mistake
def test_every_message_says_what_to_do(project: Path) -> None:
    blocks = blocks_of(report_of(project))

    assert blocks
    for block in blocks:
        assert " = help: " in block, block


@each_mistake
def test_every_message_can_be_read_in_one_line(project: Path) -> None:
    for block in blocks_of(report_of(project)):
        assert len(block.partition("\n")[0]) <= MAX_LINE, block


@each_mistake
def test_no_place_is_complained_of_twice(project: Path) -> None:
    places = re.findall(r"^ *--> (.+)$", report_of(project), re.MULTILINE)

    assert len(places) == len(set(places))


def test_there_are_enough_of_them() -> None:
    assert len(PROJECTS) >= 30
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in PROJECTS}


def _write() -> None:
    for project in PROJECTS:
        with tempfile.TemporaryDirectory() as folder:
            report, _ = report_on(project, Path(folder))
        project.with_suffix(".txt").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit(__doc__)
    _write()
