"""A commit on a new branch, made without touching what is checked out.

The branch is checked out in a worktree of its own, in a temporary folder, and the commit is made
there: with the hooks, the signature and the identity that Git is configured with. Whatever fails,
the user's branch, index and files are as they were, since nothing of it was theirs; a branch that
came to no commit is deleted again.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from mlspec.gitops.errors import GitError
from mlspec.gitops.git import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.gitops.git import Repository

_NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
"""For the temporary checkout: hooks after a checkout are about the user's tree. Those of the commit
run as always."""
_ALL_FILES = ("-c", "core.sparseCheckout=false")
"""The manifests are to be there, also where the user's checkout leaves them out."""
_PUSH_SECONDS = 600


class Branch:
    """A new branch, checked out at `root`, until the block ends."""

    def __init__(self, name: str, root: Path) -> None:
        self.name, self.root = name, root
        self.commit_id = ""

    def commit(self, message: str, paths: Sequence[str]) -> str:
        """Commits all that has changed below the paths. GitError where nothing has."""
        run(self.root, *_ALL_FILES, "add", "--all", "--", *paths)
        if not run(self.root, *_ALL_FILES, "diff", "--cached", "--name-only"):
            raise GitError("there is nothing to commit: the branch would be what is there already")
        try:
            run(self.root, *_ALL_FILES, "commit", "--quiet", "--file=-", stdin=message.encode())
        except GitError as error:
            raise GitError(
                "Git did not make the commit: a hook or the signature refused it",
                error.stderr or error.message,
            ) from error
        self.commit_id = run(self.root, "rev-parse", "HEAD")
        return self.commit_id


@contextmanager
def on_new_branch(repository: Repository, name: str) -> Iterator[Branch]:
    """A new branch from what is checked out. Without a commit it is gone after the block."""
    repository.check_new_branch(name)
    scratch = Path(tempfile.mkdtemp(prefix="mlspec-"))
    branch = Branch(name, scratch / "tree")
    try:
        repository.run(
            *_NO_HOOKS, *_ALL_FILES, "worktree", "add", "--quiet", "--no-track", "-b", name,
            str(branch.root), repository.head(),
        )  # fmt: skip
        yield branch
    finally:
        with suppress(GitError):
            repository.run("worktree", "remove", "--force", str(branch.root))
        shutil.rmtree(scratch, ignore_errors=True)
        with suppress(GitError):
            repository.run("worktree", "prune")
        if not branch.commit_id:
            with suppress(GitError):
                repository.run("branch", "--quiet", "-D", name)


def push(repository: Repository, remote: str, name: str) -> None:
    try:
        repository.run("push", "--quiet", "--set-upstream", remote, name, seconds=_PUSH_SECONDS)
    except GitError as error:
        raise GitError(
            f"the commit is on the branch `{name}`, but it could not be pushed to {remote}",
            f"{error.stderr or error.message}\nthen: git push -u {remote} {name}",
        ) from error


def remote_of(repository: Repository) -> str:
    """The remote to push to: that of the branch, else `origin`, else the only one; or none."""
    known = repository.remotes()
    with suppress(GitError):
        mine = repository.run("config", "--get", f"branch.{repository.branch()}.remote")
        if mine in known:
            return mine
    if "origin" in known:
        return "origin"
    return known[0] if len(known) == 1 else ""


def request_page(repository: Repository, remote: str, branch: str, base: str) -> str:
    """Where a pull request for the branch is opened, on hosts whose addresses are known."""
    try:
        url = repository.run("remote", "get-url", "--push", remote)
    except GitError:
        return ""
    host, path = _host_and_path(url)
    name = quote(branch, safe="")
    if host.partition(".")[0] == "github":
        return f"https://{host}/{path}/compare/{quote(base)}...{quote(branch)}?expand=1"
    if host.partition(".")[0] == "gitlab":
        return f"https://{host}/{path}/-/merge_requests/new?merge_request%5Bsource_branch%5D={name}"
    return ""


def _host_and_path(url: str) -> tuple[str, str]:
    """Of `https://host/owner/name.git` and `git@host:owner/name.git`; never the credentials."""
    if "://" in url:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    else:
        place, _, path = url.partition(":")
        host = place.rpartition("@")[2]
    return host, path.strip("/").removesuffix(".git")
