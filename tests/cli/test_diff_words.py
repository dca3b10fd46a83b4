"""`mlspec diff`: its words for changes that people make, each beside the change.

`tests/cli/diff_cases.py` has the changes, `tests/diffs/NAME.txt` what is said of each; read the two
together. After a change of words, `python -m tests.cli.test_diff_words --write` writes the texts
anew: read the difference.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from mlspec.cli.app import app
from tests.cli.diff_cases import CASES, Case, Edit
from tests.cli.samples import write
from tests.gitops.repositories import commit, example, repository
from tests.specs import ROOT

FOLDER = ROOT / "tests" / "diffs"
SCHEMA = json.loads((ROOT / "schemas/diff.schema.json").read_text(encoding="utf-8"))
NOTHING = (
    "comments",
    "quotes",
    "key-order",
    "layout",
    "same-amount",
    "one-environment-of-nothing",
)

each_case = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository with the example on `main`, in which the tests of this module take turns."""
    place = repository(tmp_path_factory.mktemp("words") / "ml", example())
    before = Path.cwd()
    os.chdir(place)
    yield place
    os.chdir(before)


def edited(files: dict[str, str], edits: tuple[Edit, ...]) -> dict[str, str]:
    found = dict(files)
    for edit in edits:
        text = found.get(edit.file, "")
        assert edit.old in text, f"{edit.old!r} is not in {edit.file}"
        found[edit.file] = text.replace(edit.old, edit.new, 1) if edit.old else edit.new
    return found


def put(folder: Path, case: Case) -> None:
    """Commits what is before the change, and makes the change in the working tree."""
    before = edited(example(), case.before)
    for stale in folder.rglob("targets/**/*"):
        if stale.is_file():
            stale.unlink()
    write(folder, before)
    commit(folder)
    write(folder, edited(before, case.edits))


def diff(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["diff", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def told() -> str:
    """What is said, without the commit."""
    return re.sub(r"\([0-9a-f]{10}\)", "(COMMIT)", diff())


@each_case
def test_a_change_is_told_as_it_was_found_good(folder: Path, name: str) -> None:
    put(folder, CASES[name])

    assert told() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@each_case
def test_what_programs_are_told_has_the_promised_shape(folder: Path, name: str) -> None:
    put(folder, CASES[name])

    document = json.loads(diff("--format", "json"))

    jsonschema.validate(document, SCHEMA)
    lines = sum(len(each["lines"]) for each in document["environments"])
    risks = ("removes", "widens", "interrupts", "changes", "harmless")
    assert sum(document["summary"][risk] for risk in risks) == lines
    assert (lines == 0) is (name in NOTHING)


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)


@pytest.mark.parametrize("name", NOTHING)
def test_what_changes_nothing_is_told_as_such(name: str) -> None:
    assert (FOLDER / f"{name}.txt").read_text(encoding="utf-8").startswith("no changes to the clus")


def _write() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        place = repository(Path(temporary) / "ml", example())
        os.chdir(place)
        for name, case in CASES.items():
            print(name, file=sys.stderr)
            put(place, case)
            (FOLDER / f"{name}.txt").write_text(told(), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit(__doc__)
    _write()
