"""The script that renders after a merge, run for real against a repository that it pushes to."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.ci.git import bash, commit, git, repository_of_a_project
from tests.ci.workflows import MERGE
from tests.cli.samples import PROJECT


class Merge:
    """A repository on a server, a clone that people push from, and the workflow's checkout."""

    def __init__(self, folder: Path, commands: Path) -> None:
        self.commands = commands
        self.people = repository_of_a_project(folder / "people")
        self.server = folder / "server" / "acme" / "ml.git"
        self.server.parent.mkdir(parents=True)
        git(folder, "clone", "--quiet", "--bare", str(self.people), str(self.server))
        git(self.people, "remote", "add", "origin", str(self.server))
        self.checkout = folder / "checkout"
        url = f"file://{self.server}"
        git(folder, "clone", "--quiet", "--depth", "1", url, str(self.checkout))

    def run(self) -> CompletedProcess[str]:
        return bash(
            MERGE.script("render and commit"), self.checkout, self.commands,
            GITHUB_SERVER_URL=f"file://{self.server.parents[1]}", GITHUB_REPOSITORY="acme/ml",
            BRANCH="main", TOKEN="secret", CHECKED=".", OUTPUT="generated",
        )  # fmt: skip

    def push(self, files: dict[str, str]) -> None:
        git(self.people, "pull", "--quiet", "--rebase", "origin", "main")
        commit(self.people, files)
        git(self.people, "push", "--quiet", "origin", "main")

    @property
    def log(self) -> list[str]:
        return git(self.server, "log", "--format=%s", "main").splitlines()


@pytest.fixture
def merge(tmp_path: Path, commands: Path) -> Merge:
    return Merge(tmp_path, commands)


def test_what_was_merged_is_rendered_and_committed(merge: Merge, commands: Path) -> None:
    base = git(merge.server, "rev-parse", "main")

    assert merge.run().returncode == 0

    assert merge.log == [f"Render {base[:12]}", "Begin"]
    assert (
        git(merge.server, "log", "-1", "--format=%(trailers:key=Rendered-From,valueonly)") == base
    )
    files = git(merge.server, "show", "--name-only", "--format=", "main").splitlines()
    assert files and all(file.startswith("generated/wine/") for file in files)
    done = bash(MERGE.script("verify"), merge.checkout, commands, CHECKED=".", OUTPUT="generated")
    assert done.returncode == 0, done.stdout


def test_there_is_no_circle(merge: Merge) -> None:
    merge.run()
    log = merge.log

    done = merge.run()

    assert done.returncode == 0
    assert "generated is what the specs render to" in done.stdout
    assert merge.log == log


def test_the_next_change_is_rendered_over_the_last(merge: Merge) -> None:
    merge.run()
    merge.push({"wine/project.yaml": PROJECT.replace("wine:1.0.0", "wine:1.1.0")})

    assert merge.run().returncode == 0

    subjects = [subject.split()[0] for subject in merge.log]
    assert subjects == ["Render", "Change", "Render", "Begin"]


def test_a_rendered_commit_that_renders_to_something_else_is_not_rendered_again(
    merge: Merge, commands: Path
) -> None:
    """As when two workflows have two versions of mlspec: they would commit in turn for ever."""
    merge.run()
    log = merge.log
    script = commands / "mlspec"
    script.write_text(script.read_text().rstrip() + "\necho other >>generated/wine/dev/rbac/x\n")
    script.write_text(script.read_text().replace("exec ", ""))

    done = merge.run()

    assert done.returncode == 1
    assert "::error::the last commit was rendered here" in done.stdout
    assert merge.log == log


def test_what_somebody_pushes_meanwhile_is_rendered_too(merge: Merge, commands: Path) -> None:
    other = PROJECT.replace("name: wine", "name: beer")
    (merge.people / "beer").mkdir()
    (merge.people / "beer/project.yaml").write_text(other)
    script = commands / "mlspec"
    push = (
        f'cd "{merge.people}" && git add --all && git -c user.name=b -c user.email=b@example.com '
        "commit --quiet --message Beer && git push --quiet origin main"
    )
    once = f'[ -e "{commands}/pushed" ] || (touch "{commands}/pushed"; {push})'
    script.write_text(script.read_text().replace("PYTHONPATH", f"{once}\nPYTHONPATH", 1))

    done = merge.run()

    assert done.returncode == 0, done.stderr
    assert [subject.split()[0] for subject in merge.log] == ["Render", "Beer", "Begin"]
    assert "generated/beer" in git(merge.server, "ls-tree", "-r", "--name-only", "main")


def test_a_branch_that_refuses_is_said(merge: Merge) -> None:
    hook = merge.server / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    done = merge.run()

    assert done.returncode == 1
    assert "::error::main could not be pushed to; is it protected" in done.stdout
    assert merge.log == ["Begin"]


def test_an_edit_by_hand_is_not_overwritten(merge: Merge) -> None:
    merge.run()
    merge.push({"generated/wine/dev/rbac/role-wine-executor.yaml": "kind: Role\n"})
    log = merge.log

    done = merge.run()

    assert done.returncode == 1
    assert "MLS607" in done.stdout
    assert merge.log == log


def test_renderers_of_the_repository_do_not_see_the_token(merge: Merge, commands: Path) -> None:
    script = commands / "mlspec"
    script.write_text(f'#!/bin/sh\necho "${{TOKEN-none}}" >"{commands}/seen"\n')

    merge.run()

    assert (commands / "seen").read_text() == "none\n"
