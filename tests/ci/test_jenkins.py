"""The steps of the Jenkinsfile, run as an agent runs them. The rest of it only Jenkins can read."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from mlspec.cli.scaffold.scaffold import scaffold_ci
from tests.ci.git import bash, commit, git, repository_of_a_project
from tests.ci.scripts import MARKER, needs_diff, stand_in_for_diff
from tests.cli.samples import PROJECT, write

TEXT = scaffold_ci("jenkins", "1.2.3")["Jenkinsfile"]
CODE = re.sub(r"(?m)(^|\s)//.*$", "", TEXT)
"""Without comments."""

STAGES = dict(re.findall(r"(?ms)^        stage\('(\w+)'\) \{\n(.*?)^        \}$", TEXT))


def script(stage: str) -> str:
    """What the `sh` steps of a stage run, one after the other."""
    return "\n".join(re.findall(r"(?s)sh '''\n(.*?)'''", STAGES[stage]))


def in_stage(name: str, folder: Path, commands: Path, **given: object) -> CompletedProcess[str]:
    temporary = folder.parent / "repository@tmp"
    place = temporary / "mlspec" / "bin"
    place.mkdir(parents=True, exist_ok=True)
    (place / "mlspec").unlink(missing_ok=True)
    (place / "mlspec").symlink_to(commands / "mlspec")
    variables = {"WORKSPACE": folder, "WORKSPACE_TMP": temporary, **given}
    return bash(script(name), folder, commands, ("sh", "-xe"), **variables)


@pytest.fixture
def repository(tmp_path: Path, commands: Path) -> Path:
    folder = repository_of_a_project(tmp_path / "repository")
    assert bash("mlspec render", folder, commands).returncode == 0
    commit(folder, {}, "Render")
    return folder


def test_the_stages() -> None:
    assert list(STAGES) == ["Install", "Validate", "Diff", "Verify"]
    assert "when { changeRequest() }" in STAGES["Diff"]
    assert "archiveArtifacts artifacts: 'mlspec-diff.md'" in STAGES["Diff"]


def test_what_is_opened_is_closed() -> None:
    for opening, closing in ("{}", "()", "[]"):
        assert CODE.count(opening) == CODE.count(closing)
    assert CODE.count("'''") % 2 == 0


def test_no_text_of_groovy_becomes_a_script() -> None:
    """In ''' Groovy puts in no value: a branch's name stays one word of the shell's."""
    assert '"""' not in TEXT
    assert CODE.count("sh '''") == len(re.findall(r"\bsh\b", CODE))


def test_it_ends_some_time_and_installs_this_version() -> None:
    assert "timeout(time: 15, unit: 'MINUTES')" in TEXT
    assert "MLSPEC = 'mlspec==1.2.3'" in TEXT


def test_the_environment_is_made(tmp_path: Path, commands: Path) -> None:
    """With a stand-in for Python's venv, which would then fetch from an index."""
    (commands / "python3").write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\necho "$@"\' >"$3/bin/python"\n'
        'chmod +x "$3/bin/python"\n'
    )
    (commands / "python3").chmod(0o755)

    done = bash(
        script("Install"), tmp_path, commands, ("sh", "-e"), WORKSPACE_TMP=tmp_path / "a b",
        MLSPEC="mlspec==1.2.3",
    )  # fmt: skip

    assert done.stdout.startswith("-m pip install ")
    assert done.stdout.endswith(" mlspec==1.2.3\n")


def test_validate_and_verify(repository: Path, commands: Path) -> None:
    for stage in ("Validate", "Verify"):
        done = in_stage(stage, repository, commands)
        assert done.returncode == 0, done.stdout + done.stderr
    assert '"results": []' in (repository / "mlspec.sarif").read_text()


def test_a_mistake_fails_the_stage_and_is_in_the_report(repository: Path, commands: Path) -> None:
    write(repository, {"wine/project.yaml": PROJECT.replace("[raw]", "[rawr]")})

    done = in_stage("Validate", repository, commands)

    assert done.returncode == 1
    assert "error[MLS201]" in done.stdout
    assert "MLS201" in (repository / "mlspec.sarif").read_text()


def test_a_manifest_that_is_not_rendered_fails(repository: Path, commands: Path) -> None:
    write(repository, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})

    assert in_stage("Verify", repository, commands).returncode == 1


@pytest.fixture
def change_request(repository: Path) -> Path:
    """An agent's clone of a branch alone; the target branch has gone on since."""
    git(repository, "switch", "--quiet", "--create", "change")
    commit(repository, {"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})
    git(repository, "switch", "--quiet", "main")
    commit(repository, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})
    clone = repository.parent / "clone"
    url = f"file://{repository}"
    git(repository.parent, "clone", "--quiet", "--single-branch", "-b", "change", url, "clone")
    return clone


def test_a_stand_in_for_diff_is_asked_about_the_commit_that_the_branch_started_from(
    change_request: Path, repository: Path, commands: Path
) -> None:
    stand_in_for_diff(commands, MARKER)
    with (commands / "mlspec").open("a") as stream:
        stream.write(f'echo "$2" >"{commands}/base"\n')

    for _ in ("the target is fetched", "it is there already"):
        done = in_stage("Diff", change_request, commands, CHANGE_TARGET="main")
        assert done.returncode == 0, done.stderr
        assert (commands / "base").read_text().strip() == git(repository, "rev-parse", "main^")


@needs_diff
def test_the_diff_of_a_change_request(change_request: Path, commands: Path) -> None:
    done = in_stage("Diff", change_request, commands, CHANGE_TARGET="main")

    assert done.returncode == 0, done.stderr
    text = (change_request / "mlspec-diff.md").read_text()
    assert text.startswith(f"{MARKER}\n") and "wine:1.1.0" in unescape(text) and "beer" not in text
