"""A Git repository, read: revisions, which files differ, what a file was. Nothing is written.

Commands are those of git.py; only the contents of files come from a process that GitPython keeps
open. Paths are those of the repository, with slashes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlspec.gitops.errors import GitError
from mlspec.gitops.git import folders_around, run_bytes, without_inherited

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

    from git import Repo

_LINK = "120000"
_SUBMODULE = "160000"
_UNSHALLOW = (
    "fetch what is missing: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout"
)


class Entry(NamedTuple):
    """A file of a commit."""

    mode: str
    blob: str

    @property
    def is_link(self) -> bool:
        return self.mode == _LINK


class Revision(NamedTuple):
    """A commit, and how the user calls it. Without a commit: nothing is committed yet."""

    name: str
    commit: str

    @property
    def short(self) -> str:
        return self.commit[:10]


class Repository:
    """Use it in a `with`: it keeps processes of Git open while it reads."""

    def __init__(self, repo: Repo, root: Path) -> None:
        self._repo = repo
        self.root = root
        self._entries: dict[str, dict[str, Entry]] = {}
        self._new: list[str] | None = None

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """The repository that a folder is in. Raises GitError."""
        root = Path(os.path.realpath(folders_around(folder)[0]))
        import git  # which takes longer than a small project

        with without_inherited():
            return cls(git.Repo(root), root)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._repo.close()

    # ── revisions ─────────────────────────────────────────────────────────────────────────────────

    @property
    def is_shallow(self) -> bool:
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    @property
    def branch(self) -> str:
        """The branch that is checked out; empty for a detached head."""
        return self._tried("symbolic-ref", "--quiet", "--short", "HEAD")

    @property
    def head(self) -> Revision | None:
        """None: nothing is committed yet on this branch."""
        return self.find("HEAD")

    def find(self, name: str) -> Revision | None:
        """The commit that a name means."""
        if not name or name.startswith("-"):
            return None  # Git would take it for an option
        commit = self._tried("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return Revision(name, commit) if commit else None

    def get(self, name: str) -> Revision:
        """The same, or GitError."""
        found = self.find(name)
        if found is None:
            raise GitError(*self._unknown(name))
        return found

    def _unknown(self, name: str) -> tuple[str, str]:
        from mlspec.language.suggestions import did_you_mean

        message = f"there is no revision `{name}`"
        if self.is_shallow:
            return f"{message} in this shallow clone", _UNSHALLOW
        remote = self.remote_of(name)
        if remote:
            return message, f"did you mean `{remote}`?"
        return message, did_you_mean(name, self.names(), "the repository has no branches")

    def remote_of(self, name: str) -> str:
        return next((each for each in self.names() if each.endswith(f"/{name}")), "")

    def names(self) -> list[str]:
        """Branches, those of remotes, and tags."""
        listed = self._text("for-each-ref", "--format=%(refname:short)", "refs/heads",
                            "refs/remotes", "refs/tags")  # fmt: skip
        return [each for each in listed.split("\n") if each]

    def merge_base(self, one: Revision, other: Revision) -> Revision:
        """The newest commit that both have. Raises GitError."""
        found = self._tried("merge-base", one.commit, other.commit).split("\n")[0]
        if not found:
            message = f"{one.name} and {other.name} have no commit in common"
            if self.is_shallow:
                raise GitError(f"{message} in this shallow clone", _UNSHALLOW)
            raise GitError(message, "name the revision to compare with")
        return Revision(other.name, found)

    # ── files ─────────────────────────────────────────────────────────────────────────────────────

    def entries(self, revision: Revision) -> dict[str, Entry]:
        """All files of a commit; none where nothing is committed yet."""
        if not revision.commit:
            return {}
        if revision.commit in self._entries:
            return self._entries[revision.commit]
        found = self._entries[revision.commit] = {}
        for line in self._list("ls-tree", "-r", "-z", revision.commit):
            about, _, path = line.partition("\t")
            mode, _, blob = about.split(" ")
            if mode != _SUBMODULE:
                found[path] = Entry(mode, blob)
        return found

    def files(self) -> dict[str, bool]:
        """The files of the working tree that are in Git, or would be if one added all, and whether
        each is a link. Git is asked, not the disk: a file that was deleted may be among them."""
        found = {}
        for line in self._list("ls-files", "-z", "--stage"):
            about, _, path = line.partition("\t")
            if not about.startswith(_SUBMODULE):
                found[path] = about.startswith(_LINK)
        found |= {path: (self.root / path).is_symlink() for path in self._untracked()}
        return found

    def _untracked(self) -> list[str]:
        if self._new is None:
            self._new = self._list("ls-files", "-z", "--others", "--exclude-standard")
        return self._new

    def changed(self, base: Revision, head: Revision | None) -> set[str]:
        """The files that differ between two commits, or a commit and the working tree: those that
        are not in Git yet among them, unless they are ignored."""
        if not base.commit:
            return set(self.entries(head)) if head else set(self.files())
        options = ("-z", "--name-only", "--no-renames", "--no-relative", "--no-ext-diff")
        revisions = [base.commit, *([head.commit] if head else [])]
        found = set(self._list("diff", *options, *revisions, "--"))
        if head is None:
            found.update(self._untracked())
        return found

    def submodules(self) -> set[str]:
        """The folders that belong to other repositories."""
        staged = self._list("ls-files", "-z", "--stage")
        return {line.partition("\t")[2] for line in staged if line.startswith(_SUBMODULE)}

    def is_ignored(self, path: str) -> bool:
        return bool(self._tried("check-ignore", "--", path))

    def read(self, entry: Entry) -> bytes:
        import binascii

        with without_inherited():
            data: bytes = self._repo.odb.stream(binascii.unhexlify(entry.blob)).read()
        return data

    def write_to(self, folder: Path, paths: Iterable[str], entries: dict[str, Entry]) -> None:
        """Puts files of a commit into a folder. Links that stay in the repository are followed, and
        made again; the folder passes for a repository of its own, so that nobody looks above it."""
        (folder / ".git").mkdir(exist_ok=True)
        waiting, done = list(paths), set[str]()
        while waiting:
            path = waiting.pop()
            if path in done or path not in entries:
                continue
            done.add(path)
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if not _is_below(place, folder):
                continue  # a commit that no `git` would make
            data = self.read(entries[path])
            if entries[path].is_link:
                place.symlink_to(os.fsdecode(data))
                waiting.append(link_target(path, data))
            else:
                place.write_bytes(data)

    # ── Git itself ────────────────────────────────────────────────────────────────────────────────

    def _text(self, *words: str) -> str:
        return os.fsdecode(self._run(*words)).rstrip("\n")

    def _tried(self, *words: str) -> str:
        """The answer; nothing where Git says no."""
        try:
            return self._text(*words)
        except GitError:
            return ""

    def _list(self, *words: str) -> list[str]:
        return [os.fsdecode(each) for each in self._run(*words).split(b"\0") if each]

    def _run(self, *words: str) -> bytes:
        return run_bytes(self.root, *words, strip=False)


def _is_below(place: Path, folder: Path) -> bool:
    parts = place.relative_to(folder).parts
    real = os.path.realpath(place.parent)
    return ".." not in parts and Path(real).is_relative_to(os.path.realpath(folder))


def link_target(path: str, data: bytes) -> str:
    """The path in the repository that a link at `path` leads to; outside of it, no path of one."""
    return os.path.normpath(Path(path).parent / os.fsdecode(data))
