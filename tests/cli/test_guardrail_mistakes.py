"""Mistakes that platform teams make in guardrails, each beside what mlspec says of it.

`tests/guardrails/mistakes/NAME.yaml` is the `guardrails` section of a platform, `NAME.txt` the
report; as `test_mistakes.py` has it for projects. `python -m tests.cli.test_guardrail_mistakes
--write` writes the reports anew: read the difference.
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
from tests.cli.test_mistakes import HEADER, MAX_LINE, blocks_of, expected_codes
from tests.specs import PLATFORM, PROJECT, ROOT

FOLDER = ROOT / "tests" / "guardrails" / "mistakes"
MISTAKES = sorted(FOLDER.glob("*.yaml"))

each_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda path: path.stem)


def report_on(mistake: Path, folder: Path) -> str:
    """What `mlspec validate` says of a project on a platform with the section, without the time."""
    guardrails = mistake.read_text(encoding="utf-8")
    (folder / "platform.yaml").write_text(
        PLATFORM.replace("protected: true", "protected: false") + guardrails, encoding="utf-8"
    )
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        arguments = ["validate", "project.yaml", "--format", "text"]
        result = CliRunner().invoke(app, arguments, prog_name="mlspec", catch_exceptions=False)
    finally:
        os.chdir(before)
    return re.sub(r" \(\d+\.\d+ s\)", "", result.stdout)


@each_mistake
def test_a_mistake_is_told_as_it_was_found_good(mistake: Path, tmp_path: Path) -> None:
    report = report_on(mistake, tmp_path)

    assert report == mistake.with_suffix(".txt").read_text(encoding="utf-8")
    assert {code for _, code, _ in HEADER.findall(report)} == expected_codes(mistake)


@each_mistake
def test_every_message_is_one_line_that_says_where_and_what_to_do(mistake: Path) -> None:
    blocks = blocks_of(mistake.with_suffix(".txt").read_text(encoding="utf-8"))

    assert len(blocks) == 1
    assert "--> platform.yaml:" in blocks[0]
    assert " = help: " in blocks[0]
    assert len(blocks[0].partition("\n")[0]) <= MAX_LINE


def test_there_is_a_report_of_each() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in MISTAKES}


def _write() -> None:
    for mistake in MISTAKES:
        with tempfile.TemporaryDirectory() as folder:
            mistake.with_suffix(".txt").write_text(report_on(mistake, Path(folder)), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit(__doc__)
    _write()
