"""In whatever state a repository is, `promote` and `rollback` work or say what is wrong, and leave
branch, index and files as they were."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.cli.shop import PROD, Shop, registered_version
from tests.gitops.repositories import Repo

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
    for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
]

TO_PROD = ("promote", "api", "--to", "prod")
BACK = ("rollback", "api", "--env", "prod")
BRANCH = "promote/api-prod-v2"
STAND_IN_GPG = """\
#!/bin/sh
cat >/dev/null
case "$*" in
  *verify*) echo 'gpg: good' >&2 ;;
  *) echo '[GNUPG:] SIG_CREATED ' >&2
     echo '-----BEGIN PGP SIGNATURE-----'
     echo '-----END PGP SIGNATURE-----' ;;
esac
"""


@pytest.fixture
def ready(shop: Shop) -> Shop:
    """With a second version to promote."""
    shop.open()
    shop.mlflow.version(PROD, "challenger")
    return shop


def refused(shop: Shop, *words: str) -> str:
    """What is said, of a command that must leave everything as it was."""
    before = shop.repo.state()
    told = shop.run(*words, code=1)
    assert shop.repo.state() == before
    return told.output


@pytest.mark.parametrize("staged", [False, True])
def test_a_dirty_tree_is_refused(ready: Shop, staged: bool) -> None:
    with ready.project_file.open("a", encoding="utf-8") as stream:
        stream.write("# mine\n")
    if staged:
        ready.repo.git("add", "--all")

    told = refused(ready, *TO_PROD)

    assert "changes that are not committed: wine/project.yaml" in told
    assert "commit or stash them first" in told


def test_files_that_are_not_in_git_are_in_nobody_s_way(ready: Shop) -> None:
    (ready.repo.root / "notes.txt").write_text("mine", encoding="utf-8")

    ready.run(*TO_PROD, code=0)

    assert ready.repo.git("status", "--porcelain") == "?? notes.txt"


def test_a_lock_that_is_not_in_git(ready: Shop) -> None:
    ready.repo.git("rm", "--quiet", "--cached", "wine/mlspec.lock")
    ready.repo.git("commit", "--quiet", "-m", "Without the lock")

    assert "wine/mlspec.lock is not in Git yet" in refused(ready, *TO_PROD)


def test_a_detached_head(ready: Shop) -> None:
    ready.repo.git("switch", "--quiet", "--detach")

    ready.run(*TO_PROD, code=0)

    assert ready.repo.git("rev-parse", f"{BRANCH}^") == ready.repo.head
    assert ready.repo.git("rev-parse", "--abbrev-ref", "HEAD") == "HEAD"


def test_a_shallow_clone_promotes_and_says_what_a_rollback_lacks(
    ready: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.repo.git(
        "clone", "--quiet", "--depth", "1", ready.repo.root.as_uri(), str(tmp_path / "c")
    )
    clone = Shop(ready.run, Repo(tmp_path / "c"), ready.mlflow)
    clone.repo.identify()
    monkeypatch.chdir(clone.repo.root)

    clone.run(*TO_PROD, code=0)
    told = refused(clone, *BACK)

    assert "this clone is shallow" in told and "git fetch --unshallow" in told


def test_a_merge_conflict_in_the_lock(ready: Shop) -> None:
    ready.run(*TO_PROD, code=0)
    text = ready.lock.replace('version: "1"', 'version: "9"')
    ready.lock_file.write_text(text, encoding="utf-8")
    ready.repo.commit("Another version")
    ready.repo.git("merge", BRANCH, code=1)
    line = 1 + ready.lock.splitlines().index("<<<<<<< HEAD")

    for words in (TO_PROD, BACK, ("validate",), ("lock",), ("render",)):
        told = refused(ready, *words)
        assert f"wine/mlspec.lock:{line}:1" in told
        assert "the file holds the conflict of a Git merge" in told
        assert "git checkout --ours mlspec.lock" in told


def test_a_merge_that_is_going_on(ready: Shop) -> None:
    ready.repo.git("switch", "--quiet", "-c", "other")
    (ready.repo.root / "a").write_text("a", encoding="utf-8")
    ready.repo.commit("A")
    ready.repo.git("switch", "--quiet", "main")
    ready.repo.git("merge", "--quiet", "--no-ff", "--no-commit", "other")

    assert "a merge is going on" in refused(ready, *TO_PROD)


def test_no_git_at_all(ready: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (ready.repo.root / ".git").rename(ready.repo.root / "kept")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(ready.repo.root.parent))

    told = ready.run(*TO_PROD, code=1).stderr

    assert "is not in a Git repository" in told and "git init" in told


def test_git_is_not_installed(ready: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))

    assert "git is not installed" in ready.run(*TO_PROD, code=1).stderr


def test_a_repository_without_a_commit(shop: Shop) -> None:
    shop.open()
    shop.repo.git("update-ref", "-d", "HEAD")

    assert "has no commit yet" in shop.run(*TO_PROD, code=1).stderr


def test_a_bare_repository(ready: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.repo.git("config", "core.bare", "true")

    assert "without a working tree" in ready.run(*TO_PROD, code=1).stderr


def test_a_sparse_checkout_without_the_manifests(ready: Shop) -> None:
    ready.repo.git("sparse-checkout", "set", "wine")

    ready.run(*TO_PROD, code=0)

    changed = ready.repo.git("diff", "--name-only", f"main..{BRANCH}").splitlines()
    assert "generated/wine/prod/seldon/seldondeployment-api.yaml" in changed
    assert not (ready.repo.root / "generated").exists()
    assert ready.repo.git("status", "--porcelain") == ""


def test_a_worktree(ready: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.repo.git("worktree", "add", "--quiet", "-b", "mine", str(tmp_path / "w"))
    here = Shop(ready.run, Repo(tmp_path / "w"), ready.mlflow)
    monkeypatch.chdir(here.repo.root)
    state = here.repo.state()

    here.run(*TO_PROD, code=0)
    here.repo.merge(BRANCH)
    here.run(*BACK, code=0)

    assert here.repo.state()["worktrees"].count("worktree ") == 2
    assert state["ref"] == here.repo.git("rev-parse", "--abbrev-ref", "HEAD") == "mine"
    assert registered_version(here.repo.git("show", "rollback/api-prod-v1:wine/mlspec.lock")) == "1"


def test_a_submodule(ready: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    above = Repo.make(tmp_path / "above")
    allow = ("-c", "protocol.file.allow=always")
    above.git(*allow, "submodule", "--quiet", "add", ready.repo.root.as_uri(), "ml")
    above.commit("Add the projects")
    inner = Shop(ready.run, Repo(above.root / "ml"), ready.mlflow)
    inner.repo.identify()
    monkeypatch.chdir(inner.repo.root)

    inner.run(*TO_PROD, code=0)

    assert BRANCH in inner.repo.branches and above.branches == ["main"]
    assert above.git("status", "--porcelain") == ""


def test_a_branch_that_exists_already(ready: Shop) -> None:
    ready.repo.git("branch", BRANCH)

    told = refused(ready, *TO_PROD)

    assert f"the branch `{BRANCH}` exists already" in told and "--branch" in told
    ready.run(*TO_PROD, "--branch", "another", code=0)
    assert "is no name for a branch" in refused(ready, *TO_PROD, "--branch", "a..b")


def test_nobody_to_commit_as(ready: Shop) -> None:
    for key in ("user.name", "user.email"):
        ready.repo.git("config", "--unset", key)
    ready.repo.git("config", "user.useConfigOnly", "true")

    told = refused(ready, *TO_PROD)

    assert "Git does not know who you are" in told and "git config user.name" in told


@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses_is_heard(ready: Shop, hook: str) -> None:
    ready.repo.hook(hook, "echo 'not on a Friday' >&2; exit 1")

    told = refused(ready, *TO_PROD)

    assert "a hook or the signature refused it" in told and "not on a Friday" in told


def test_hooks_run_for_the_commit_and_not_for_the_scratch_checkout(ready: Shop) -> None:
    ready.repo.hook("post-checkout", 'echo checkout >> "$MLSPEC_TEST_LOG"')
    ready.repo.hook("pre-commit", 'git diff --cached --name-only >> "$MLSPEC_TEST_LOG"')
    log = ready.repo.root.parent / "log"
    os.environ["MLSPEC_TEST_LOG"] = str(log)
    try:
        ready.run(*TO_PROD, code=0)
    finally:
        del os.environ["MLSPEC_TEST_LOG"]

    assert "wine/mlspec.lock" in log.read_text() and "checkout" not in log.read_text()


def test_a_signal_that_ends_it_leaves_all_as_it_was(
    ready: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSPEC_TEST_PID", str(os.getpid()))
    ready.repo.hook("pre-commit", 'kill -TERM "$MLSPEC_TEST_PID"; exit 1')
    before = ready.repo.state()

    ready.run(*TO_PROD, code=128 + signal.SIGTERM)

    assert ready.repo.state() == before


def test_a_signature_that_cannot_be_made(ready: Shop) -> None:
    ready.repo.git("config", "commit.gpgSign", "true")
    ready.repo.git("config", "gpg.program", "/bin/false")

    assert "a hook or the signature refused it" in refused(ready, *TO_PROD)


def test_a_history_signed_by_what_stands_in_for_gnupg(ready: Shop, tmp_path: Path) -> None:
    gpg = tmp_path / "gpg"
    gpg.write_text(STAND_IN_GPG, encoding="utf-8")
    gpg.chmod(0o755)
    for key, value in (("gpg.program", gpg), ("commit.gpgSign", "true"), ("user.signingKey", "x")):
        ready.repo.git("config", key, str(value))
    ready.run(*TO_PROD, code=0)
    ready.repo.merge(BRANCH)
    ready.repo.git("config", "log.showSignature", "true")
    assert "gpg: good" in ready.repo.git("log", "-1", "--format=%H")

    told = ready.run("rollback", "api", "--env", "prod", code=0).stdout

    assert f"(Merge {BRANCH})" in told and "gpg" not in told


def test_manifests_that_are_not_what_the_spec_renders_to(ready: Shop) -> None:
    file = ready.repo.root / "generated/wine/dev/seldon/seldondeployment-api.yaml"
    file.write_text(file.read_text() + "# mine\n", encoding="utf-8")
    ready.repo.commit("By hand")

    told = refused(ready, *TO_PROD)

    assert "is not what the spec renders to" in told and "--no-render" in told
    ready.run(*TO_PROD, "--no-render", code=0)
    changed = ready.repo.git("diff", "--name-only", f"main..{BRANCH}")
    assert changed == "wine/mlspec.lock"


def test_manifests_that_are_looked_for_in_another_folder(
    ready: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ready.repo.root / "wine")
    told = refused(ready, *TO_PROD)
    assert "wine/generated/wine is not in the commit that is checked out" in told
    assert "--output" in told

    monkeypatch.chdir(tmp_path)
    here = ("--project", str(ready.repo.root))
    told = refused(ready, *TO_PROD, *here)
    assert "is outside of the Git repository" in told and "--output" in told

    ready.run(*TO_PROD, *here, "--output", str(ready.repo.root / "generated"), code=0)
    assert "generated/wine" in ready.repo.git("diff", "--name-only", f"main..{BRANCH}")


def test_a_branch_in_the_way_of_the_new_one_s_name(ready: Shop) -> None:
    ready.repo.git("branch", "promote")

    told = refused(ready, *TO_PROD)

    assert "the branch `promote` is in the way of" in told and "--branch NAME" in told


def test_manifests_that_git_ignores_are_not_committed(shop: Shop) -> None:
    (shop.repo.root / ".gitignore").write_text("generated/\n", encoding="utf-8")
    shop.open()
    shop.mlflow.version(PROD, "challenger")

    shop.run(*TO_PROD, code=0)

    assert shop.repo.git("diff", "--name-only", f"main..{BRANCH}") == "wine/mlspec.lock"


def test_started_from_a_hook_of_git(ready: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(ready.repo.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(ready.repo.root / ".git" / "other-index"))

    ready.run(*TO_PROD, code=0)

    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert ready.repo.git("diff", "--name-only", f"main..{BRANCH}").count("\n") == 2
    assert ready.repo.git("status", "--porcelain") == ""
