"""Two rendered branches, merged by the real Git: what `render` and `verify` say then."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PROJECT, tree, write

INVENTORY = "generated/wine/provenance.json"
MAP = "generated/wine/{}/maps/configmap-clean.yaml"
MERGED = PROJECT.replace("wine:1.0.0", "wine:1.1.0").replace("wine:2.0.0", "wine:2.1.0")


def git(*arguments: str, code: int = 0) -> None:
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    done = subprocess.run(
        ["git", *who, *arguments], env={**os.environ, **plain}, capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr


def commit(run: Run, place: Path, text: str) -> None:
    write(place, {"wine/project.yaml": text})
    run("render", code=0)
    git("add", "-A")
    git("commit", "-m", "x")


@pytest.fixture
def conflict(run: Run, rendering: Path) -> Path:
    """`dev` was changed on one branch, `staging` on the other. Git merges the specs, and not the
    inventories."""
    git("init", "-q", "-b", "main")
    commit(run, rendering, PROJECT)
    git("checkout", "-q", "-b", "other")
    commit(run, rendering, PROJECT.replace("wine:1.0.0", "wine:1.1.0"))
    git("checkout", "-q", "main")
    commit(run, rendering, PROJECT.replace("wine:2.0.0", "wine:2.1.0"))
    git("merge", "other", code=1)
    assert (rendering / "wine/project.yaml").read_text() == MERGED
    return rendering


def assert_whole(run: Run, place: Path) -> None:
    run("verify", code=0)
    made = tree(place / "generated")
    run("render", "-o", "anew", code=0)
    assert tree(place / "anew") == made


def test_an_inventory_in_conflict_is_solved_by_one_command(run: Run, conflict: Path) -> None:
    assert "it holds the conflict of a Git merge" in run("verify", code=1).stdout

    refused = run("render", code=1).stdout

    assert "provenance.json is damaged (it holds the conflict of a Git merge)" in refused
    assert "help: solve the merge in the spec, then run `mlspec render --force`" in refused
    run("render", "--force", code=0)
    assert_whole(run, conflict)


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_the_inventory_of_one_side_does_where_git_merged_the_files(
    run: Run, conflict: Path, side: str
) -> None:
    git("checkout", side, INVENTORY)
    assert f"{INVENTORY} does not list the files as they are" in run("verify", code=1).stdout

    run("render", code=0)

    assert_whole(run, conflict)


def test_files_of_another_render_are_not_overwritten_in_silence(run: Run, conflict: Path) -> None:
    """Someone solved the conflict in the spec in a third way, after the files were merged."""
    git("checkout", "--ours", INVENTORY)
    write(conflict, {"wine/project.yaml": MERGED.replace("wine:1.1.0", "wine:1.3.0")})

    # staging is as the spec renders it, and as the inventory says; dev is of the other side.
    out = run("render", code=1).stdout

    assert f"error[MLS607]: {MAP.format('dev')} " in out
    run("render", "--force", code=0)
    assert_whole(run, conflict)


def test_a_mixed_tree_is_called_that(run: Run, conflict: Path) -> None:
    git("checkout", "--ours", INVENTORY)
    text = (conflict / MAP.format("staging")).read_text()
    write(conflict, {MAP.format("staging"): text.replace("2.1.0", "2.0.5")})

    for command in ("render", "verify"):
        out = run(command, code=1).stdout
        assert f"{MAP.format('staging')} is from another render than provenance.json" in out
        assert "solve the merge in wine/project.yaml, then run `mlspec render --force`" in out


def test_a_conflict_in_a_generated_file_is_shown_where_it_is(run: Run, conflict: Path) -> None:
    git("checkout", "--ours", INVENTORY)
    file = MAP.format("dev")
    write(conflict, {file: "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n"})

    out = run("render", code=1).stdout

    assert f"error[MLS607]: {file} holds the conflict of a Git merge" in out
    assert f" --> {file}:2:1" in out
    run("render", "--force", code=0)
    assert_whole(run, conflict)
