"""Git, through GitPython: every command that mlspec gives, and what goes wrong in plain words.

GitPython is imported when the first command is given, since it looks for Git then.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mlspec.gitops.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMOTE_SECONDS = 60
_LOG = ("log", "--no-show-signature")
"""`log.showSignature` puts what GnuPG says among the lines."""
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_BUSY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
"""What Git keeps in its folder while something is going on."""


_INHERITED = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE",
)  # fmt: skip


def run(folder: Path, *words: str, seconds: float | None = None, stdin: bytes = b"") -> str:
    """What `git WORDS` prints, in `folder`, without the last line end. GitError if it fails."""
    return run_bytes(folder, *words, seconds=seconds, stdin=stdin).decode("utf-8", "replace")


def run_bytes(
    folder: Path, *words: str, seconds: float | None = None, stdin: bytes = b"", strip: bool = True
) -> bytes:
    command, errors = _git_python(folder)
    try:
        with without_inherited(), _input(stdin) as stream:
            _, out, _ = command.execute(
                ["git", *words],
                with_extended_output=True,
                stdout_as_string=False,
                strip_newline_in_stdout=strip,
                kill_after_timeout=seconds,
                istream=stream,
                env=_environment(),
            )
    except errors.GitCommandNotFound as error:
        raise GitError("git is not installed, or not on PATH", "install Git") from error
    except errors.GitCommandError as error:
        stderr = _said(error.stderr)
        first = next((line for line in stderr.splitlines() if line.strip()), "no reason given")
        raise GitError(f"git {_name(words)}: {first.strip()}", stderr=stderr) from error
    return bytes(out)


def _name(words: tuple[str, ...]) -> str:
    """The command among the words, which may begin with `-c SETTING`."""
    while words[0] == "-c":
        words = words[2:]
    return words[0]


@contextmanager
def _input(data: bytes) -> Iterator[IO[bytes] | None]:
    """A file for the command's input: GitPython hands it on as it is."""
    if not data:
        yield None  # nothing can be read
        return
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        stream.seek(0)
        yield stream


@contextmanager
def without_inherited() -> Iterator[None]:
    """A hook or an alias of Git that we were started from has told us of the index and the folder
    of another command."""
    kept = {name: os.environ.pop(name) for name in _INHERITED if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _git_python(folder: Path) -> tuple[Any, Any]:
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # said below, in our own words
    from git import exc
    from git.cmd import Git

    return Git(str(folder)), exc


def _environment() -> dict[str, str]:
    """Messages in English, as we read them; no question that nobody would answer; and what only
    looks writes nothing, not even the index anew."""
    settings = {
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    if "GIT_SSH_COMMAND" not in os.environ and "GIT_SSH" not in os.environ:
        settings["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes"
    return settings


def _said(stderr: Any) -> str:
    """GitPython puts `stderr: '…'` around it."""
    text = stderr.decode("utf-8", "replace") if isinstance(stderr, bytes) else str(stderr)
    text = text.strip().removeprefix("stderr:").strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def is_commit(text: str) -> bool:
    return bool(_COMMIT.match(text))


def remote_commit(uri: str, revision: str) -> str:
    """The commit that a branch or tag of a repository elsewhere means now."""
    if is_commit(revision.lower()):
        return revision.lower()
    refs = [
        revision,
        f"refs/tags/{revision}^{{}}",
        f"refs/tags/{revision}",
        f"refs/heads/{revision}",
    ]
    try:
        told = run(Path.cwd(), "ls-remote", "--", uri, *refs, seconds=_REMOTE_SECONDS)
    except GitError as error:
        raise GitError(
            f"cannot read {uri}: {error.message}",
            "see that it is there and that this machine may read it",
        ) from error
    rows = (line.partition("\t") for line in told.splitlines())
    found = {name: commit for commit, _, name in rows}
    for name in (refs[1], refs[2], refs[3], revision):  # a tag is looked for first, as Git does
        if is_commit(found.get(name, "")):
            return found[name]
    raise GitError(f"{uri} has no branch and no tag `{revision}`", "mend `revision` in the source")


def folders_around(folder: Path) -> tuple[Path, Path]:
    """The working tree that a folder is in, and Git's own folder. A bare repository has none."""
    try:
        told = run(folder, "rev-parse", "--is-bare-repository", "--is-inside-work-tree")
    except GitError as error:
        raise _not_a_repository(folder, error) from error
    if told.split() != ["false", "true"]:
        raise GitError(
            f"{folder} is in a Git repository without a working tree (a bare one)",
            "clone it, and work in the clone",
        )
    root = run(folder, "rev-parse", "--show-toplevel")
    return Path(root), Path(run(folder, "rev-parse", "--absolute-git-dir"))


class Repository:
    """The working tree that a path is in."""

    def __init__(self, root: Path, git_folder: Path) -> None:
        self.root = root
        self._git_folder = git_folder

    @classmethod
    def around(cls, path: Path) -> Repository:
        """The repository whose working tree holds `path`."""
        return cls(*folders_around(path if path.is_dir() else path.parent))

    def run(self, *words: str, seconds: float | None = None) -> str:
        return run(self.root, *words, seconds=seconds)

    def path_of(self, file: Path) -> str:
        """The path of a file within the repository, as Git writes it."""
        place = Path(os.path.realpath(file.parent)) / file.name
        root = Path(os.path.realpath(self.root))
        if not place.is_relative_to(root):
            raise GitError(f"{file} is outside of the Git repository {self.root}")
        return place.relative_to(root).as_posix()

    def head(self) -> str:
        """The commit that is checked out."""
        try:
            return self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except GitError as error:
            raise GitError(f"{self.root} has no commit yet", "commit the project first") from error

    def branch(self) -> str:
        """The branch that is checked out; empty for a detached head."""
        try:
            return self.run("symbolic-ref", "--short", "--quiet", "HEAD")
        except GitError:
            return ""

    def is_shallow(self) -> bool:
        return self.run("rev-parse", "--is-shallow-repository") == "true"

    def check_clean(self, inputs: tuple[str, ...]) -> None:
        """GitError where the working tree is not what is committed: what is made of it would be
        made of something that no reviewer sees. `inputs` must be in Git, too."""
        for name, what in _BUSY.items():
            if (self._git_folder / name).exists():
                raise GitError(
                    f"a {what} is going on in {self.root}", f"finish or abort the {what}"
                )
        status = self.run("status", "--porcelain=v1", "-z", "--untracked-files=no")
        changed = [entry[3:] for entry in status.split("\0") if entry[2:3] == " "]
        if changed:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            raise GitError(
                f"the working tree has changes that are not committed: "
                f"{', '.join(changed[:3])}{more}",
                "commit or stash them first",
            )
        tracked = set(self.run("ls-files", "-z", "--", *inputs).split("\0")) if inputs else set()
        missing = [name for name in inputs if name not in tracked]
        if missing:
            raise GitError(f"{missing[0]} is not in Git yet", "add and commit it first")

    def check_identity(self) -> None:
        try:
            self.run("var", "GIT_COMMITTER_IDENT")
            self.run("var", "GIT_AUTHOR_IDENT")
        except GitError as error:
            raise GitError(
                "Git does not know who you are, and so cannot commit",
                'run `git config user.name "…"` and `git config user.email …`',
                error.stderr,
            ) from error

    def check_new_branch(self, name: str) -> None:
        try:
            self.run("check-ref-format", "--branch", name)
        except GitError as error:
            raise GitError(f"`{name}` is no name for a branch") from error
        if self.has(f"refs/heads/{name}"):
            raise GitError(
                f"the branch `{name}` exists already",
                "see what is in it; name another with --branch, or delete it with "
                f"`git branch -D {name}`",
            )
        folders = name.split("/")[:-1]
        for end in range(1, len(folders) + 1):
            above = "/".join(folders[:end])
            if self.has(f"refs/heads/{above}"):
                raise GitError(
                    f"the branch `{above}` is in the way of one named `{name}`",
                    "name another with --branch NAME",
                )

    def has(self, ref: str) -> bool:
        try:
            self.run("show-ref", "--verify", "--quiet", ref)
        except GitError:
            return False
        return True

    def is_ignored(self, path: str) -> bool:
        try:
            self.run("check-ignore", "--quiet", "--no-index", "--", path)
        except GitError:
            return False
        return True

    def content(self, commit: str, path: str) -> bytes | None:
        """A file as it is in a commit; None where there is none."""
        try:
            return run_bytes(self.root, "cat-file", "blob", f"{commit}:{path}", strip=False)
        except GitError:
            return None

    def history(self, path: str, start: str = "HEAD") -> Iterator[str]:
        """The commits that changed a file on the way back from `start`, the newest first. Of a
        merge the first parent's side counts: what was on the branch."""
        told = self.run(*_LOG, "--first-parent", "-m", "--format=%H", start, "--", path)
        seen: dict[str, None] = dict.fromkeys(line for line in told.splitlines() if line)
        yield from seen

    def parent(self, commit: str) -> str:
        """The first parent; empty where there is none, or none that this clone has."""
        try:
            return self.run("rev-parse", "--verify", "--quiet", f"{commit}^1^{{commit}}")
        except GitError:
            return ""

    def subject(self, commit: str) -> str:
        """The first line of its message."""
        return self.run(*_LOG, "-1", "--format=%s", commit)

    def resolve(self, revision: str) -> str:
        try:
            return self.run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
            )
        except GitError as error:
            raise GitError(f"`{revision}` is no commit of this repository") from error

    def remotes(self) -> list[str]:
        return self.run("remote").split()


def _not_a_repository(folder: Path, error: GitError) -> GitError:
    if "not a git repository" in error.stderr:
        return GitError(f"{folder} is not in a Git repository", "run `git init`, and commit")
    if "dubious ownership" in error.stderr:
        return GitError(
            f"Git does not trust the repository of {folder}: it belongs to another user",
            "see `git help config`, safe.directory",
            error.stderr,
        )
    return error
