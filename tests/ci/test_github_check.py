"""The scripts of the pull request check, run for real; the API of comments is a stand-in."""

from __future__ import annotations

import shutil
from html import unescape
from pathlib import Path

import pytest

from tests.ci.forge import TOKEN, Forge
from tests.ci.git import bash, commit, git, repository_of_a_project
from tests.ci.scripts import MARKER, needs_diff, stand_in_for_diff
from tests.ci.workflows import CHECK
from tests.cli.samples import PROJECT, write


@pytest.fixture
def merged(tmp_path: Path, commands: Path) -> Path:
    """What is checked out for a pull request: the merge of a branch, of two commits' depth."""
    origin = repository_of_a_project(tmp_path / "origin")
    assert bash("mlspec render", origin, commands).returncode == 0
    commit(origin, {}, "Render")
    git(origin, "switch", "--quiet", "--create", "change")
    commit(origin, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})
    assert bash("mlspec render", origin, commands).returncode == 0
    commit(origin, {}, "Render")
    git(origin, "switch", "--quiet", "main")
    git(origin, "merge", "--quiet", "--no-ff", "--message", "Merge", "change")
    git(tmp_path, "clone", "--quiet", "--depth", "2", f"file://{origin}", "checkout")
    return tmp_path / "checkout"


def test_validate_and_verify(merged: Path, commands: Path) -> None:
    for name in ("validate", "verify"):
        done = bash(CHECK.script(name, "check"), merged, commands, CHECKED=".", OUTPUT="generated")
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_is_an_annotation_and_fails(merged: Path, commands: Path) -> None:
    write(merged, {"wine/project.yaml": PROJECT.replace("[raw]", "[rawr]")})

    done = bash(CHECK.script("validate", "check"), merged, commands, CHECKED="wine")

    assert done.returncode == 1
    assert "::error file=wine/project.yaml,line=11," in done.stdout


def test_an_edited_manifest_fails_verify(merged: Path, commands: Path) -> None:
    next((merged / "generated").rglob("role-*.yaml")).write_text("kind: Role\n")

    done = bash(CHECK.script("verify"), merged, commands, CHECKED=".", OUTPUT="generated")

    assert done.returncode == 1
    assert "::error file=generated/wine/" in done.stdout


@pytest.mark.parametrize("what", ["right", "wrong"])
def test_sarif_is_written_whether_the_spec_is_right_or_not(
    merged: Path, commands: Path, tmp_path: Path, what: str
) -> None:
    if what == "wrong":
        write(merged, {"wine/project.yaml": PROJECT.replace("[raw]", "[rawr]")})

    done = bash(
        CHECK.script("validate", "sarif"), merged, commands, CHECKED=".", RUNNER_TEMP=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert ("MLS201" in (tmp_path / "mlspec.sarif").read_text()) == (what == "wrong")


def test_sarif_of_a_folder_without_projects_fails(
    tmp_path: Path, commands: Path, merged: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = bash(
        CHECK.script("validate", "sarif"), merged, commands, CHECKED="../empty",
        RUNNER_TEMP=tmp_path,
    )  # fmt: skip

    assert done.returncode != 0


# ── the diff ──────────────────────────────────────────────────────────────────────────────────────


def diff(folder: Path, commands: Path, temp: Path) -> tuple[str, str]:
    """Runs the step; what goes to the summary, and the output `comment` as a runner reads it."""
    done = bash(
        CHECK.script("diff"), folder, commands, CHECKED=".", OUTPUT="generated", RUNNER_TEMP=temp,
        GITHUB_STEP_SUMMARY=temp / "summary", GITHUB_OUTPUT=temp / "output",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, *lines = (temp / "output").read_text().splitlines()
    name, _, end = first.partition("<<")
    assert (name, lines.count(end), lines[-1]) == ("comment", 1, end)
    return (temp / "summary").read_text(), "\n".join(lines[:-1])


@needs_diff
def test_the_diff_is_that_of_the_merge_with_its_base(
    merged: Path, commands: Path, tmp_path: Path
) -> None:
    summary, comment = diff(merged, commands, tmp_path)

    assert comment.startswith(f"{MARKER}\n")
    assert "wine:1.1.0" in unescape(comment)
    assert summary.strip() == comment.strip()


def test_a_stand_in_for_a_diff_with_lines_that_would_end_the_output(
    merged: Path, commands: Path, tmp_path: Path
) -> None:
    text = f"{MARKER}\nEOF\nend-\ncomment<<x\nverify=false\n**bold**\n"
    stand_in_for_diff(commands, text)

    summary, comment = diff(merged, commands, tmp_path)

    assert summary == text
    assert comment.strip() == text.strip()


def test_a_stand_in_for_a_long_diff_is_cut_in_the_comment_and_whole_in_the_summary(
    merged: Path, commands: Path, tmp_path: Path
) -> None:
    text = f"{MARKER}\n" + "".join(f"- `{number}` → `ü{number}`\n" for number in range(9000))
    stand_in_for_diff(commands, text)

    summary, comment = diff(merged, commands, tmp_path)

    first, second, *rest = comment.rstrip().splitlines()
    assert first == MARKER
    assert second.startswith("> Too long for a comment")
    assert set(rest[1:]) <= set(text.splitlines())
    assert 50_000 < len(comment) < 65_536
    assert summary == text


def test_a_diff_that_fails_fails_the_check(merged: Path, commands: Path, tmp_path: Path) -> None:
    (commands / "mlspec").write_text("#!/bin/sh\nexit 1\n")

    done = bash(
        CHECK.script("diff"), merged, commands, CHECKED=".", RUNNER_TEMP=tmp_path,
        GITHUB_STEP_SUMMARY=tmp_path / "summary", GITHUB_OUTPUT=tmp_path / "output",
    )  # fmt: skip

    assert done.returncode == 1
    assert not (tmp_path / "output").exists()


# ── the comment ───────────────────────────────────────────────────────────────────────────────────


def comment_on(forge: Forge, commands: Path, text: str, token: str = TOKEN) -> int:
    """Runs the step. Returns its exit code."""
    if not shutil.which("jq") or not shutil.which("curl"):
        pytest.skip("the script needs jq and curl, as GitHub's runners have them")
    done = bash(
        CHECK.script("comment"), commands, commands, GITHUB_API_URL=forge.url, TOKEN=token,
        GITHUB_REPOSITORY="acme/ml", NUMBER=12, COMMENT=text, RUNNER_TEMP=commands,
    )  # fmt: skip
    assert token not in done.stdout + done.stderr
    return done.returncode


def test_the_first_comment_is_written(forge: Forge, commands: Path) -> None:
    text = f'{MARKER}\n"quotes" `$(id)` \\n ${{x}} 100% ü\n@file\n'

    assert comment_on(forge, commands, text) == 0

    assert forge.bodies == [text]
    assert forge.requests[-1] == "POST /repos/acme/ml/issues/12/comments"


def test_the_second_comment_takes_the_place_of_the_first(forge: Forge, commands: Path) -> None:
    forge.add("LGTM", user={"id": 1, "type": "User"})

    assert comment_on(forge, commands, f"{MARKER}\nfirst") == 0
    assert comment_on(forge, commands, f"{MARKER}\nsecond") == 0

    assert forge.bodies == ["LGTM", f"{MARKER}\nsecond"]
    assert forge.requests[-1] == "PATCH /repos/acme/ml/issues/comments/101"


def test_the_comment_is_found_among_many(forge: Forge, commands: Path) -> None:
    for number in range(250):
        forge.add(f"comment {number}", user={"id": 1, "type": "User"})
    number = forge.add(f"{MARKER}\nfirst")

    assert comment_on(forge, commands, f"{MARKER}\nsecond") == 0

    assert forge.bodies[-1] == f"{MARKER}\nsecond"
    assert forge.requests[-1].endswith(f"/{number}")
    assert len(forge.comments) == 251


@pytest.mark.parametrize("count", [100, 200])
def test_full_pages_without_it_come_to_an_end(forge: Forge, commands: Path, count: int) -> None:
    for number in range(count):
        forge.add(f"comment {number}")

    assert comment_on(forge, commands, f"{MARKER}\nfirst") == 0

    assert forge.bodies[-1] == f"{MARKER}\nfirst"


def test_a_comment_of_a_person_is_left_alone_whatever_it_begins_with(
    forge: Forge, commands: Path
) -> None:
    forge.add(f"{MARKER}\nmine", user={"id": 1, "type": "User"})
    forge.add(f"see above: {MARKER}")

    assert comment_on(forge, commands, f"{MARKER}\nfirst") == 0

    assert forge.bodies[:2] == [f"{MARKER}\nmine", f"see above: {MARKER}"]
    assert forge.bodies[2] == f"{MARKER}\nfirst"


def test_a_token_that_may_not_is_an_error(forge: Forge, commands: Path) -> None:
    assert comment_on(forge, commands, MARKER, token="another") != 0

    assert forge.bodies == []


def test_the_longest_comment_passes_through_the_environment(forge: Forge, commands: Path) -> None:
    text = MARKER + "x" * 59_900

    assert comment_on(forge, commands, text) == 0
    assert forge.bodies == [text]
