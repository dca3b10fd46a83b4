"""Where a branch goes, and where a pull request for it is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlspec.gitops.branching import on_new_branch, remote_of, request_page
from mlspec.gitops.errors import GitopsError
from mlspec.gitops.git import Repository
from tests.gitops.repositories import QUIET, Repo


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    repo = Repo.make(tmp_path / "r")
    (repo.root / "a").write_text("a", encoding="utf-8")
    repo.commit()
    return repo


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (
            "git@github.com:acme/ml.git",
            "https://github.com/acme/ml/compare/main...fix/a?expand=1",
        ),
        (
            "https://bob:s3cret@gitlab.acme.com/team/ml.git",
            "https://gitlab.acme.com/team/ml/-/merge_requests/new"
            "?merge_request%5Bsource_branch%5D=fix%2Fa",
        ),
        ("https://git.example.com/ml.git", ""),
    ],
)
def test_the_page_for_a_pull_request(repo: Repo, url: str, page: str) -> None:
    repo.git("remote", "add", "origin", url)

    assert request_page(Repository.around(repo.root), "origin", "fix/a", "main") == page


def test_the_remote_is_that_of_the_branch_or_origin_or_the_only_one(repo: Repo) -> None:
    here = Repository.around(repo.root)
    assert remote_of(here) == ""
    repo.git("remote", "add", "upstream", "/x")
    assert remote_of(here) == "upstream"
    repo.git("remote", "add", "fork", "/y")
    assert remote_of(here) == ""
    repo.git("remote", "add", "origin", "/z")
    assert remote_of(here) == "origin"
    repo.git("config", "branch.main.remote", "fork")
    assert remote_of(here) == "fork"


@pytest.mark.parametrize("error", [KeyboardInterrupt, GitopsError])
def test_a_block_that_fails_leaves_no_branch_and_no_worktree(
    repo: Repo, error: type[BaseException]
) -> None:
    state = repo.state()

    with pytest.raises(error), on_new_branch(Repository.around(repo.root), "new") as branch:
        (branch.root / "a").write_text("b", encoding="utf-8")
        raise error("stop")

    assert repo.state() == state
    assert not branch.root.parent.exists()


def test_a_commit_without_a_change_is_none(repo: Repo) -> None:
    state = repo.state()

    with (
        pytest.raises(GitopsError, match="nothing to commit"),
        on_new_branch(Repository.around(repo.root), "new") as branch,
    ):
        branch.commit("Nothing", ["a"])

    assert repo.state() == state
